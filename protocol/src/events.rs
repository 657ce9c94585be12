//! What happened to sandboxes, as `GET /sandboxes/events` tells it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::SandboxId;

/// Something that happened to a sandbox. The names on the wire up to `statusCode` are those that
/// the packages of one service know; the rest is the local runtime's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SandboxEvent {
    /// A number that is larger for what happened later.
    #[serde(rename = "eventID", with = "number_as_text")]
    pub event_id: u64,
    /// When it happened, in seconds since 1970.
    pub record_at: i64,
    /// The sandbox's template.
    #[serde(rename = "templateID")]
    pub template_id: String,
    /// The template's name.
    pub template_name: String,
    /// The sandbox.
    #[serde(rename = "sandboxID")]
    pub sandbox_id: SandboxId,
    /// What happened.
    pub event_name: EventName,
    /// How it went: `success`, for what did not happen is no event.
    pub state: String,
    /// Nothing.
    #[serde(default)]
    pub error_msg: String,
    /// 200.
    #[serde(default)]
    pub status_code: u16,
    /// When it happened.
    pub time: Timestamp,
    /// Why, in words.
    pub reason: String,
    /// Who had it done.
    pub who: Actor,
}

/// What can happen to a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventName {
    /// It was created.
    Created,
    /// Its deadline was moved.
    Updated,
    /// It was paused; by whom tells whether its time was over.
    Paused,
    /// It was resumed.
    Resumed,
    /// A client ended it.
    Killed,
    /// It ended at its deadline.
    Expired,
    /// It ended because it had been idle for too long.
    Idle,
    /// It ended, or lost its processes while paused, and nobody had asked for it.
    Lost,
}

impl EventName {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 8] = [
        Self::Created,
        Self::Updated,
        Self::Paused,
        Self::Resumed,
        Self::Killed,
        Self::Expired,
        Self::Idle,
        Self::Lost,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Killed => "killed",
            Self::Expired => "expired",
            Self::Idle => "idle",
            Self::Lost => "lost",
        }
    }
}

/// Who had something done to a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// A request to the control plane.
    Client,
    /// A request to a port of the sandbox.
    Traffic,
    /// The runtime: a time was over.
    Deadline,
    /// The runtime: the sandbox had been idle for too long.
    Idleness,
    /// Nobody: it happened.
    System,
}

/// A page of events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// The events.
    pub items: Vec<SandboxEvent>,
    /// How many there are on all pages.
    pub total: usize,
    /// Whether there are more behind these.
    pub has_more: bool,
}

/// The number of an event, which services give as text.
mod number_as_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes every field so"
    )]
    pub(super) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
