//! What code displayed or came to.

use std::sync::OnceLock;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::{
    Chart,
    forms::{self, EXTRA},
};

/// The formats that have a name of their own, in the order in which they are listed.
const FORMATS: [&str; 12] = [
    "text",
    "html",
    "markdown",
    "svg",
    "png",
    "jpeg",
    "pdf",
    "latex",
    "json",
    "javascript",
    "data",
    "chart",
];

/// Something that code displayed, or what it came to, in all the formats that there are of it.
///
/// It is read when it is first asked for. A format that cannot be held, for a number in it has more
/// than 64 bits or lists lie in each other more than 100 deep, is given as its JSON text.
#[derive(Clone, Debug)]
pub struct ExecutionResult {
    json: String,
    is_main_result: bool,
    raw: OnceLock<Map<String, Value>>,
}

impl ExecutionResult {
    /// The result of the JSON object of its event.
    pub(super) fn new(json: String, is_main_result: bool) -> Self {
        Self {
            json,
            is_main_result,
            raw: OnceLock::new(),
        }
    }

    /// Whether the code came to it, and did not display it on the way.
    #[must_use]
    pub fn is_main_result(&self) -> bool {
        self.is_main_result
    }

    fn get(&self, format: &str) -> Option<&Value> {
        self.raw().get(format).filter(|value| !value.is_null())
    }

    fn as_text(&self, format: &str) -> Option<&str> {
        self.get(format)?.as_str()
    }

    /// It as plain text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.as_text("text")
    }

    /// It as HTML.
    #[must_use]
    pub fn html(&self) -> Option<&str> {
        self.as_text("html")
    }

    /// It as Markdown.
    #[must_use]
    pub fn markdown(&self) -> Option<&str> {
        self.as_text("markdown")
    }

    /// It as an SVG image.
    #[must_use]
    pub fn svg(&self) -> Option<&str> {
        self.as_text("svg")
    }

    /// It as a PNG image, in base64.
    #[must_use]
    pub fn png(&self) -> Option<&str> {
        self.as_text("png")
    }

    /// It as a JPEG image, in base64.
    #[must_use]
    pub fn jpeg(&self) -> Option<&str> {
        self.as_text("jpeg")
    }

    /// It as a PDF document, in base64.
    #[must_use]
    pub fn pdf(&self) -> Option<&str> {
        self.as_text("pdf")
    }

    /// It as LaTeX.
    #[must_use]
    pub fn latex(&self) -> Option<&str> {
        self.as_text("latex")
    }

    /// It as JSON.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        self.get("json")
    }

    /// It as JavaScript.
    #[must_use]
    pub fn javascript(&self) -> Option<&str> {
        self.as_text("javascript")
    }

    /// The data of a table, where it is one.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.get("data")
    }

    /// The data of a chart, where it is one.
    #[must_use]
    pub fn chart(&self) -> Option<Chart> {
        self.get("chart").map(Chart::new)
    }

    /// The formats that have no name of their own, by MIME type.
    #[must_use]
    pub fn extra(&self) -> Option<&Map<String, Value>> {
        self.get(EXTRA)?.as_object()
    }

    /// All formats by name, as they came.
    #[must_use]
    pub fn raw(&self) -> &Map<String, Value> {
        self.raw.get_or_init(|| forms::read(&self.json))
    }

    /// The JSON object that came, for readers that can hold more: all formats by name, and beside
    /// them the fields `type` and `is_main_result`, which are none.
    #[must_use]
    pub fn raw_json(&self) -> &str {
        &self.json
    }

    /// The same without a copy.
    #[must_use]
    pub fn into_raw_json(self) -> String {
        self.json
    }

    /// The names of the formats that there are.
    #[must_use]
    pub fn formats(&self) -> Vec<&str> {
        self.by_format().map(|(format, _)| format).collect()
    }

    fn by_format(&self) -> impl Iterator<Item = (&str, &Value)> {
        let named = FORMATS
            .into_iter()
            .filter_map(|format| Some((format, self.raw().get(format)?)));
        let extra = self.extra().into_iter().flatten();
        let extra = extra.map(|(format, value)| (format.as_str(), value));
        named.filter(|(_, value)| !is_empty(value)).chain(extra)
    }
}

/// Whether there is nothing in a value that could be shown.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Results are equal when the same came.
impl PartialEq for ExecutionResult {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

/// The formats that there are by name, and the text in any case.
impl Serialize for ExecutionResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = (
            FORMATS[0],
            self.raw().get(FORMATS[0]).unwrap_or(&Value::Null),
        );
        let others = self.by_format().filter(|(format, _)| *format != FORMATS[0]);
        serializer.collect_map([text].into_iter().chain(others))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::ExecutionResult;
    use crate::Chart;

    fn result(raw: &Value) -> ExecutionResult {
        let is_main_result = raw["is_main_result"] == true;
        ExecutionResult::new(raw.to_string(), is_main_result)
    }

    #[test]
    fn formats_are_listed_and_given() {
        let raw = json!({
            "png": "iVBOR", "text": "<Figure>", "html": "", "json": { "a": 1 }, "markdown": null,
            "chart": { "type": "nonsense" }, "extra": { "application/x": [1] },
            "newer": "x", "is_main_result": true,
        });
        let result = result(&raw);
        let formats = ["text", "png", "json", "chart", "application/x"];
        assert_eq!(result.formats(), formats);
        assert!(result.is_main_result());
        assert_eq!(
            (result.text(), result.png()),
            (Some("<Figure>"), Some("iVBOR"))
        );
        assert_eq!((result.html(), result.markdown()), (Some(""), None));
        assert_eq!(result.json(), Some(&json!({ "a": 1 })));
        assert!(matches!(result.chart(), Some(Chart::Unknown(_))));
        assert!(!result.raw().contains_key("is_main_result"));
        assert_eq!(result.raw()["newer"], "x");
        let expected = json!({
            "text": "<Figure>", "png": "iVBOR", "json": { "a": 1 },
            "chart": { "type": "nonsense" }, "application/x": [1],
        });
        assert_eq!(serde_json::to_value(&result).expect("JSON"), expected);
    }

    #[test]
    fn the_text_is_always_in_its_json() {
        let result = result(&json!({ "html": "<b>" }));
        assert!(!result.is_main_result());
        let expected = json!({ "text": null, "html": "<b>" });
        assert_eq!(serde_json::to_value(&result).expect("JSON"), expected);
    }
}
