//! The numbers both sides agree on, each in one place.

use std::time::Duration;

/// How long a sandbox lives when its creator does not say (the documented five minutes).
pub const SANDBOX_TIMEOUT: Duration = Duration::from_secs(300);

/// How long a sandbox lives when it is created over the first version of the API without a timeout.
pub const V1_SANDBOX_TIMEOUT: Duration = Duration::from_secs(15);

/// The longest that the local runtime lets a sandbox live, unless it is started with another cap.
pub const MAX_SANDBOX_TIMEOUT: Duration = Duration::from_secs(3600);

/// The largest cap that the local runtime accepts as an option.
pub const LARGEST_CAP: Duration = Duration::from_secs(24 * 3600);

/// By how much a refresh without a duration, or with a shorter one, extends a sandbox's life.
pub const REFRESH: Duration = Duration::from_secs(15);

/// The longest duration that a refresh may name.
pub const MAX_REFRESH: Duration = Duration::from_secs(3600);

/// The shortest idle timeout that counts; a shorter one is switched off.
pub const IDLE_MINIMUM: Duration = Duration::from_secs(30);

/// How long a sandbox lives at least after traffic resumed it.
pub const AUTO_RESUME_MINIMUM: Duration = Duration::from_secs(300);

/// How long events are kept.
pub const EVENT_RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);

/// How many events a page holds when the client does not say.
pub const EVENT_PAGE: usize = 10;

/// The most events that a page holds.
pub const EVENT_PAGE_LIMIT: usize = 100;

/// The longest that a request for events waits for one.
pub const EVENT_WAIT: Duration = Duration::from_secs(60);

/// How long a command may run when its caller does not say.
pub const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// How long one request may take when its caller does not say.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a client asks the agent for a sign of life on a quiet stream.
pub const KEEPALIVE: Duration = Duration::from_secs(50);

/// How often the agent sends a sign of life on a quiet stream when the client did not ask.
pub const AGENT_KEEPALIVE: Duration = Duration::from_secs(90);

/// How long the end of a process can still be asked for.
pub const EXIT_RETENTION: Duration = Duration::from_secs(30);

/// How long the local runtime stays up with no sandbox in it.
pub const IDLE_EXIT: Duration = Duration::from_secs(600);

/// The template of a sandbox whose creator does not name one.
pub const TEMPLATE: &str = "base";

/// The port that the agent answers on, as seen through a proxy.
pub const AGENT_PORT: u16 = 49983;

/// The version of the agent's protocol that is reported to clients, which choose their requests by it.
pub const ENVD_VERSION: &str = "0.6.13";

/// The client id that every sandbox carries; it means nothing and old clients insist on it.
pub const CLIENT_ID: &str = "6532622b";

/// The most items that one page of a list holds, and how many it holds when the client does not say.
pub const PAGE_LIMIT: u32 = 100;

/// How often what a sandbox uses is measured.
pub const METRICS_INTERVAL: Duration = Duration::from_secs(5);

/// How long a file's contents may stand still while they are read.
pub const FILE_IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// The template of a sandbox that runs code in kernels.
pub const INTERPRETER_TEMPLATE: &str = "code-interpreter-v1";

/// The port that the code interpreter answers on.
pub const INTERPRETER_PORT: u16 = 49999;

/// How long code may run when its caller does not say.
pub const CODE_TIMEOUT: Duration = Duration::from_secs(300);

/// How often the code interpreter gives a sign of life while code is silent.
pub const INTERPRETER_KEEPALIVE: Duration = Duration::from_secs(5);
