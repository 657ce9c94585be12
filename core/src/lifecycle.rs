//! What happens when a sandbox's time is over, as a caller says it and as it travels.

use sandspan_protocol::control::AutoResume;

use crate::{Error, ErrorKind, Naming, Result};

const OPERATION: &str = "sandbox.create";

/// What happens when a sandbox's time is over, and on traffic after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LifecycleOptions {
    /// What happens at its deadline, and when it has been idle for too long. Default: the
    /// service's, which is to kill it.
    pub on_timeout: Option<TimeoutAction>,
    /// Whether traffic resumes it once it is paused; needs an `on_timeout` of pause that keeps
    /// memory. Default: the service's, which is no.
    pub auto_resume: Option<bool>,
}

/// What happens when a sandbox's time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeoutAction {
    /// It ends.
    Kill,
    /// It is paused.
    Pause {
        /// Whether processes and memory are kept beside the files. Default: the service's, which
        /// is yes.
        keep_memory: Option<bool>,
    },
}

impl TimeoutAction {
    /// The action of this name: `pause`, which leaves it to the service what is kept, or `kill`.
    ///
    /// Any other text is an error of the kind [`ErrorKind::InvalidArgument`].
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "pause" => Ok(Self::Pause { keep_memory: None }),
            "kill" => Ok(Self::Kill),
            other => Err(invalid(Naming::current().unknown_action(other))),
        }
    }
}

/// The fields of a creation that say what happens when its time is over.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    pub(crate) pause: Option<bool>,
    pub(crate) keep_memory: Option<bool>,
    pub(crate) resume: Option<AutoResume>,
}

/// What the options come to, of which `auto_pause` is another name for a part.
pub(crate) fn resolve(options: &LifecycleOptions, auto_pause: Option<bool>) -> Result<Fields> {
    let naming = Naming::current();
    let by_other_name = auto_pause.map(|pause| {
        if pause {
            TimeoutAction::Pause { keep_memory: None }
        } else {
            TimeoutAction::Kill
        }
    });
    let pauses = |action: TimeoutAction| action != TimeoutAction::Kill;
    if let (Some(one), Some(other)) = (options.on_timeout, by_other_name)
        && pauses(one) != pauses(other)
    {
        return Err(invalid(naming.contradicting_actions(pauses(one))));
    }
    let action = options.on_timeout.or(by_other_name);
    let keep_memory = match action {
        Some(TimeoutAction::Pause { keep_memory }) => keep_memory,
        _ => None,
    };
    if options.auto_resume == Some(true) {
        if !action.is_some_and(pauses) {
            return Err(invalid(naming.resume_without_pause()));
        }
        if keep_memory == Some(false) {
            return Err(invalid(naming.resume_without_memory()));
        }
    }
    Ok(Fields {
        pause: action.map(pauses),
        keep_memory,
        resume: options.auto_resume.map(|enabled| AutoResume { enabled }),
    })
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, OPERATION, message)
}

#[cfg(test)]
mod tests {
    use sandspan_protocol::control::AutoResume;

    use super::{Fields, LifecycleOptions, TimeoutAction, resolve};
    use crate::ErrorKind;

    const PAUSE: TimeoutAction = TimeoutAction::Pause { keep_memory: None };

    fn options(on_timeout: Option<TimeoutAction>, auto_resume: Option<bool>) -> LifecycleOptions {
        LifecycleOptions {
            on_timeout,
            auto_resume,
        }
    }

    #[test]
    fn what_is_not_said_does_not_travel() {
        let cases = [
            (options(None, None), None, None, None, None),
            (options(Some(PAUSE), None), None, Some(true), None, None),
            (
                options(Some(TimeoutAction::Kill), None),
                Some(false),
                Some(false),
                None,
                None,
            ),
            (options(None, None), Some(true), Some(true), None, None),
            (options(None, None), Some(false), Some(false), None, None),
            (
                options(None, Some(true)),
                Some(true),
                Some(true),
                None,
                Some(true),
            ),
            (options(None, Some(false)), None, None, None, Some(false)),
            (
                options(
                    Some(TimeoutAction::Pause {
                        keep_memory: Some(false),
                    }),
                    None,
                ),
                Some(true),
                Some(true),
                Some(false),
                None,
            ),
        ];
        for (lifecycle, older, pause, keep_memory, resume) in cases {
            let expected = Fields {
                pause,
                keep_memory,
                resume: resume.map(|enabled| AutoResume { enabled }),
            };
            assert_eq!(resolve(&lifecycle, older).ok(), Some(expected));
        }
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let without_memory = TimeoutAction::Pause {
            keep_memory: Some(false),
        };
        let cases = [
            (
                options(None, Some(true)),
                None,
                "auto_resume can only be True when on_timeout action is 'pause'.",
            ),
            (
                options(Some(TimeoutAction::Kill), Some(true)),
                None,
                "auto_resume can only be True when on_timeout action is 'pause'.",
            ),
            (
                options(Some(without_memory), Some(true)),
                None,
                "auto_resume: True is not a valid value with mode: 'filesystem' - a \
                 filesystem-only snapshot cannot be auto-resumed by traffic and must be resumed \
                 explicitly using Sandbox.connect().",
            ),
            (
                options(Some(PAUSE), None),
                Some(false),
                "auto_pause=False and an on_timeout of 'pause' contradict each other: give one of \
                 them",
            ),
            (
                options(Some(TimeoutAction::Kill), None),
                Some(true),
                "auto_pause=True and an on_timeout of 'kill' contradict each other: give one of \
                 them",
            ),
        ];
        for (lifecycle, older, message) in cases {
            let error = resolve(&lifecycle, older).expect_err(message);
            assert_eq!(
                (error.kind(), error.message()),
                (ErrorKind::InvalidArgument, message)
            );
        }
    }

    #[test]
    fn actions_by_name() {
        assert_eq!(TimeoutAction::parse("pause").ok(), Some(PAUSE));
        assert_eq!(TimeoutAction::parse("kill").ok(), Some(TimeoutAction::Kill));
        let error = TimeoutAction::parse("stop").expect_err("no action");
        assert_eq!(
            error.message(),
            "on_timeout must be one of: pause, kill (got 'stop')."
        );
    }
}
