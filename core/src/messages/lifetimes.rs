//! The texts about what ends a sandbox, and when.

use super::Naming;

impl Naming {
    pub(crate) fn unknown_action(self, got: &str) -> String {
        let option = self.option("on_timeout");
        let got = if self.is_javascript() {
            format!("\"{got}\"")
        } else {
            format!("'{got}'")
        };
        format!("{option} must be one of: pause, kill (got {got}).")
    }

    pub(crate) fn resume_without_pause(self) -> &'static str {
        if self.is_javascript() {
            "autoResume can only be true when onTimeout action is 'pause'."
        } else {
            "auto_resume can only be True when on_timeout action is 'pause'."
        }
    }

    pub(crate) fn resume_without_memory(self) -> String {
        let start = if self.is_javascript() {
            "autoResume: true is not a valid value when keepMemory: false"
        } else {
            "auto_resume: True is not a valid value with mode: 'filesystem'"
        };
        format!(
            "{start} - a filesystem-only snapshot cannot be auto-resumed by traffic and must be \
             resumed explicitly using Sandbox.connect()."
        )
    }

    /// The older name of an action says the opposite of the action.
    pub(crate) fn contradicting_actions(self, pauses: bool) -> String {
        let (action, older) = match (pauses, self.is_javascript()) {
            (true, false) => ("pause", "=False"),
            (true, true) => ("pause", ": false"),
            (false, false) => ("kill", "=True"),
            (false, true) => ("kill", ": true"),
        };
        let (auto_pause, on_timeout) = (self.option("auto_pause"), self.option("on_timeout"));
        format!(
            "{auto_pause}{older} and an {on_timeout} of '{action}' contradict each other: give \
             one of them"
        )
    }

    pub(crate) fn two_idle_timeouts(self, seconds: u64, metadata: &str) -> String {
        let option = self.duration_option("idle_timeout");
        let typed = if self.is_javascript() {
            format!("{} ms", seconds * 1000)
        } else {
            format!("{seconds} s")
        };
        format!(
            "{option} is {typed} and metadata idle_timeout is {metadata:?}: give one of them, or \
             the same in both"
        )
    }

    pub(crate) fn processes_do_not_count(self, provider: &str) -> String {
        let (option, keep_alive) = (
            self.option("idle_counts_processes"),
            self.option("keep_alive"),
        );
        format!(
            "The provider {provider} cannot do {option}: follow the process with \
             commands.connect, or hold a {keep_alive} while it works"
        )
    }

    pub(crate) fn nothing_to_count_for(self) -> String {
        let option = self.option("idle_counts_processes");
        let idle_timeout = self.duration_option("idle_timeout");
        format!("{option} means nothing without an {idle_timeout}")
    }
}

#[cfg(test)]
mod tests {
    use super::Naming;

    #[test]
    fn lifetime_texts() {
        let javascript = Naming::JavaScript;
        assert_eq!(
            javascript.unknown_action("x"),
            r#"onTimeout must be one of: pause, kill (got "x")."#
        );
        assert_eq!(
            javascript.resume_without_pause(),
            "autoResume can only be true when onTimeout action is 'pause'."
        );
        assert_eq!(
            javascript.resume_without_memory(),
            "autoResume: true is not a valid value when keepMemory: false - a filesystem-only \
             snapshot cannot be auto-resumed by traffic and must be resumed explicitly using \
             Sandbox.connect()."
        );
        assert_eq!(
            javascript.contradicting_actions(false),
            "autoPause: true and an onTimeout of 'kill' contradict each other: give one of them"
        );
        assert_eq!(
            javascript.two_idle_timeouts(45, "60"),
            "idleTimeoutMs is 45000 ms and metadata idle_timeout is \"60\": give one of them, or \
             the same in both"
        );
    }
}
