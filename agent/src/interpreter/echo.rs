//! Waiting for what a kernel publishes after it has said that an execution is over.
//!
//! Deno's kernel sends results and output on ways of their own, which may be slower than the one its
//! signs of the end take. Each way keeps its order, so that a text printed afterwards comes last.

use super::place;

/// A text that comes back when all that was published before it has come.
#[derive(Debug)]
pub(super) struct Echo {
    text: String,
}

impl Echo {
    /// One for kernels of a language, where it is needed.
    pub(super) fn of_language(language: &str) -> Option<Self> {
        matches!(language, "javascript" | "typescript").then(|| Self {
            text: place::random(),
        })
    }

    /// Code that prints the text, below anything that code may have changed. Results are sent before
    /// the next turn of the event loop.
    pub(super) fn code(&self) -> String {
        let text = &self.text;
        format!(
            "await new Promise((next) => setTimeout(next));\n\
             Deno[Deno.internal].core.print('{text}\\n');"
        )
    }

    /// Whether the JSON of some output is the text.
    pub(super) fn is_in(&self, output: &str) -> bool {
        output.contains(&self.text)
    }
}
