//! What is the same for each pair of a blocking class and its counterpart for asyncio.

use crate::{
    commands::{AsyncCommands, Commands},
    files::{AsyncFiles, Files},
    sandbox::{AsyncSandbox, Sandbox},
};

/// A class of such a pair.
pub(crate) trait Paired {
    /// Whether there is an event loop: callbacks can be called and awaited on it while nobody
    /// waits, and it must live on meanwhile.
    const HAS_LOOP: bool;
}

macro_rules! pairs {
    ($($blocking:ident, $asynchronous:ident;)+) => {
        $(
            impl Paired for $blocking {
                const HAS_LOOP: bool = false;
            }

            impl Paired for $asynchronous {
                const HAS_LOOP: bool = true;
            }
        )+
    };
}

pairs! {
    Sandbox, AsyncSandbox;
    Commands, AsyncCommands;
    Files, AsyncFiles;
}
