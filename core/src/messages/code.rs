//! The texts about running code.

use super::Naming;

impl Naming {
    pub(crate) fn execution_timed_out(self) -> String {
        let option = self.duration_option("timeout");
        format!("Execution timed out — the '{option}' option can be used to increase this timeout")
    }

    pub(crate) fn killed_in_progress(self) -> String {
        format!(
            "The sandbox was killed while the request was in progress. This can happen when the \
             sandbox times out or is killed manually. {}",
            self.longer_life()
        )
    }

    /// What a code interpreter says whose sandbox is gone.
    pub(crate) fn interpreter_gone(self, message: &str) -> String {
        let advice = self.longer_life();
        format!("{message}: This error is likely due to sandbox timeout. {advice}")
    }

    fn longer_life(self) -> String {
        let (option, call) = (self.duration_option("timeout"), self.option("set_timeout"));
        format!(
            "You can modify the sandbox timeout by passing '{option}' when starting the sandbox or \
             calling '.{call}' on the sandbox with the desired timeout."
        )
    }

    pub(crate) fn code_state_unknown(self, message: &str) -> String {
        let call = self.option("get_info");
        format!(
            "{message}: The sandbox could not be reached and its state is unknown — check it with \
             'Sandbox.{call}()'."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Naming;

    #[test]
    fn options_are_named_as_in_the_language() {
        let (python, javascript) = (Naming::Python, Naming::JavaScript);
        assert_eq!(
            python.execution_timed_out(),
            "Execution timed out — the 'timeout' option can be used to increase this timeout"
        );
        assert_eq!(
            javascript.execution_timed_out(),
            "Execution timed out — the 'timeoutMs' option can be used to increase this timeout"
        );
        assert!(
            python
                .interpreter_gone("M")
                .starts_with("M: This error is likely due to sandbox timeout. You can modify")
        );
        assert!(
            javascript
                .killed_in_progress()
                .contains("'timeoutMs' when starting the sandbox or calling '.setTimeout' on")
        );
    }
}
