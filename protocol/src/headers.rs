//! Names of the headers that carry meaning of our own.

/// The key of the control plane.
pub const API_KEY: &str = "x-api-key";

/// Makes a creation safe to repeat: the same value gets the first answer again.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Where the next page of a list starts; absent on the last page.
pub const NEXT_TOKEN: &str = "x-next-token";

/// How many sandboxes run, over all pages.
pub const TOTAL_RUNNING: &str = "x-total-running";

/// The token of a sandbox's agent.
pub const ACCESS_TOKEN: &str = "x-access-token";

/// How many seconds of silence a client wants between signs of life on a stream.
pub const KEEPALIVE_INTERVAL: &str = "keepalive-ping-interval";

/// The pairs of headers by which clients of each family name a sandbox and a port in it.
pub const ROUTING: [(&str, &str); 3] = [
    ("e2b-sandbox-id", "e2b-sandbox-port"),
    ("novita-sandbox-id", "novita-sandbox-port"),
    ("ppio-sandbox-id", "ppio-sandbox-port"),
];
