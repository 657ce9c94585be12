//! Something that code displayed, or what it came to, as a client gets it.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Deserialize;
use serde_json::{json, value::RawValue};

use super::lines::{self, Document};

/// The largest form of a result that is passed on, in bytes of its JSON.
pub(super) const LIMIT: usize = 16 * 1024 * 1024;

const TEXT: &str = "text/plain";

/// The forms that have a name of their own, in the order in which they are told.
const NAMED: [(&str, &str); 11] = [
    ("text/html", "html"),
    ("text/markdown", "markdown"),
    ("image/svg+xml", "svg"),
    ("image/png", "png"),
    ("image/jpeg", "jpeg"),
    ("application/pdf", "pdf"),
    ("text/latex", "latex"),
    ("application/json", "json"),
    ("application/javascript", "javascript"),
    ("e2b/data", "data"),
    ("e2b/chart", "chart"),
];

/// What a kernel says of something that it displays.
#[derive(Debug, Deserialize)]
struct Content<'message> {
    #[serde(borrow)]
    data: BTreeMap<Cow<'message, str>, &'message RawValue>,
}

/// The lines of a result: a note on each form that is left out, and the result. None when it is not
/// one.
pub(super) fn lines(content: &str, is_main: bool, date: &str) -> Option<Vec<u8>> {
    let mut forms = serde_json::from_str::<Content<'_>>(content).ok()?.data;
    forms.retain(|_, json| json.get() != "null");
    let mut told = Vec::new();
    let mut left_out_text = None;
    forms.retain(|form, json| {
        let length = json.get().len();
        if length <= LIMIT {
            return true;
        }
        let note = left_out(form, length as u64);
        told.extend(lines::note(&note, date));
        if form == TEXT {
            left_out_text = Some(json!(note).to_string());
        }
        false
    });
    let room = forms.values().map(|json| json.get().len() + 32).sum();
    let mut document = Document::new("result", room);
    if let Some(text) = forms.remove(TEXT) {
        document.push("text", &without_quotes(text.get()));
    } else if let Some(text) = left_out_text {
        document.push("text", &text);
    }
    for (form, name) in NAMED {
        if let Some(json) = forms.remove(form) {
            document.push(name, json.get());
        }
    }
    let extra = serde_json::to_string(&forms).expect("it was read as JSON");
    document.push("extra", &extra);
    document.push("is_main_result", &json!(is_main).to_string());
    told.extend(document.finish());
    Some(told)
}

/// The lines of a result that was too long to be looked at.
pub(super) fn too_long(length: u64, is_main: bool, date: &str) -> Vec<u8> {
    let note = left_out("result", length);
    let mut told = lines::note(&note, date);
    let mut document = Document::new("result", note.len());
    document.push("text", &json!(note).to_string());
    document.push("extra", "{}");
    document.push("is_main_result", &json!(is_main).to_string());
    told.extend(document.finish());
    told
}

fn left_out(form: &str, length: u64) -> String {
    let limit = LIMIT / 1024 / 1024;
    format!(
        "[the {form} is left out: it has {length} bytes, and a form of a result may have at most \
         {limit} MiB; write it to a file instead]\n"
    )
}

/// What languages show of a text is the text in quotes.
fn without_quotes(json: &str) -> Cow<'_, str> {
    let between = |start, end| json.strip_prefix(start)?.strip_suffix(end);
    let inner = between("\"'", "'\"").or_else(|| between("\"\\\"", "\\\"\""));
    inner.map_or(Cow::Borrowed(json), |inner| {
        Cow::Owned(format!("\"{inner}\""))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sandspan_protocol::interpreter::Event;
    use serde_json::{Value, json};

    use super::{LIMIT, lines, too_long};

    fn events(lines: &[u8]) -> Vec<Event> {
        let lines = std::str::from_utf8(lines).expect("it is text").lines();
        lines
            .map(|line| serde_json::from_str(line).expect("an event"))
            .collect()
    }

    fn result(data: &Value, is_main: bool) -> Value {
        let content = json!({"data": data, "metadata": {}, "transient": {}}).to_string();
        let lines = lines(&content, is_main, "now").expect("it is one");
        let told = events(&lines);
        let [Event::Result(result)] = &told[..] else {
            panic!("a result");
        };
        Value::Object(result.clone())
    }

    #[test]
    fn forms_have_their_names() {
        let data = json!({
            "text/plain": "'it'",
            "image/png": "aGk=",
            "text/html": null,
            "application/json": {"b": [1, null]},
            "e2b/chart": {"type": "line"},
            "application/x": 1,
        });
        let expected = json!({
            "text": "it",
            "png": "aGk=",
            "json": {"b": [1, null]},
            "chart": {"type": "line"},
            "extra": {"application/x": 1},
            "is_main_result": true,
        });
        assert_eq!(result(&data, true), expected);
    }

    #[test]
    fn only_whole_quotes_are_taken_off() {
        for (text, shown) in [
            ("'it\\'s'", "it\\'s"),
            ("'a\"", "'a\""),
            ("''", ""),
            ("\"it's\"", "it's"),
            ("\"a\\\"", "a\\"),
            ("\"", "\""),
            ("2", "2"),
        ] {
            let told = result(&json!({ "text/plain": text }), false);
            assert_eq!(told["text"], json!(shown));
            assert_eq!(told["is_main_result"], json!(false));
        }
    }

    #[test]
    fn what_is_too_large_is_left_out_and_told() {
        let large = "x".repeat(LIMIT);
        let content = json!({"data": {"text/html": large, "text/plain": "small"}}).to_string();
        let told = events(&lines(&content, true, "now").expect("it is one"));
        let [Event::Stderr(note), Event::Result(result)] = told.as_slice() else {
            panic!("a note and the result");
        };
        assert!(note.text.contains("text/html is left out"), "{}", note.text);
        assert_eq!(
            (&result["text"], result.get("html")),
            (&json!("small"), None)
        );
        let content = json!({"data": {"text/plain": large}}).to_string();
        for told in [
            lines(&content, true, "now").expect("it is one"),
            too_long(1 << 40, true, "now"),
        ] {
            let told = events(&told);
            let [Event::Stderr(note), Event::Result(result)] = &told[..] else {
                panic!("a note and the result");
            };
            assert_eq!(result["text"], json!(note.text));
        }
    }

    proptest! {
        #[test]
        fn any_forms_make_one_event(
            data in proptest::collection::btree_map(any::<String>(), any::<String>(), 0..5),
            is_main in any::<bool>(),
        ) {
            let told = result(&json!(data), is_main);
            prop_assert_eq!(&told["is_main_result"], &json!(is_main));
            for (form, text) in &data {
                prop_assert_eq!(&told["extra"][form], &json!(text));
            }
        }

        #[test]
        fn nothing_makes_it_panic(content in any::<String>()) {
            lines(&content, true, "now");
        }
    }
}
