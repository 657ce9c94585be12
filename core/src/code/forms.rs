//! The forms of a result, which code may fill with any JSON: with numbers and depths, too, that
//! neither Rust's numbers nor a reader's stack can hold.

use std::collections::BTreeMap;

use serde_json::{Map, Value, value::RawValue};

/// Where forms are that have no name of their own.
pub(super) const EXTRA: &str = "extra";

/// What the service says beside the forms.
const NO_FORMS: [&str; 2] = ["type", "is_main_result"];

/// The forms in a JSON object by name. One that cannot be held is given as its JSON text.
pub(super) fn read(json: &str) -> Map<String, Value> {
    let mut forms = members(json);
    forms.retain(|name, _| !NO_FORMS.contains(&name.as_str()));
    let forms = forms.into_iter().map(|(name, form)| {
        let value = match value(form) {
            None if name == EXTRA => Value::Object(extra(form)),
            value => value.unwrap_or_else(|| form.get().into()),
        };
        (name, value)
    });
    forms.collect()
}

/// The same for the forms in the form that has them, for one alone may be what cannot be held.
fn extra(form: &RawValue) -> Map<String, Value> {
    let forms = members(form.get()).into_iter();
    let read = forms.map(|(name, form)| (name, value(form).unwrap_or_else(|| form.get().into())));
    read.collect()
}

fn members(json: &str) -> BTreeMap<String, &RawValue> {
    serde_json::from_str(json).unwrap_or_default()
}

/// The value of some JSON, where it can be held as it is.
fn value(json: &RawValue) -> Option<Value> {
    if has_large_integer(json.get()) {
        return None;
    }
    serde_json::from_str(json.get()).ok()
}

/// Whether there is a whole number of more than 64 bits in it, which would be rounded.
fn has_large_integer(json: &str) -> bool {
    let mut rest = json;
    while let Some(start) = rest.find(|it: char| it == '"' || it == '-' || it.is_ascii_digit()) {
        rest = &rest[start..];
        let is_in_number = |it: char| matches!(it, '0'..='9' | '+' | '-' | '.' | 'e' | 'E');
        let length = if rest.starts_with('"') {
            text_length(rest)
        } else {
            let length = rest.find(|it| !is_in_number(it)).unwrap_or(rest.len());
            if is_large_integer(&rest[..length]) {
                return true;
            }
            length
        };
        rest = &rest[length..];
    }
    false
}

fn is_large_integer(number: &str) -> bool {
    let is_whole = !number.contains(['.', 'e', 'E']);
    is_whole && number.parse::<i64>().is_err() && number.parse::<u64>().is_err()
}

/// How long a text is with its quotes.
fn text_length(json: &str) -> usize {
    let bytes = json.as_bytes();
    let mut end = 1;
    while let Some(next) = memchr::memchr2(b'"', b'\\', bytes.get(end..).unwrap_or_default()) {
        end += next + 1;
        if bytes[end - 1] == b'"' {
            return end;
        }
        // What is escaped may be a quote.
        end += 1;
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn what_can_be_held_is_read_and_the_rest_is_its_text() {
        let huge = format!("[1{}]", "0".repeat(400));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let cases = [
            ("[1, -2.5e3, null]", json!([1, -2500.0, null])),
            ("18446744073709551615", json!(u64::MAX)),
            ("-9223372036854775808", json!(i64::MIN)),
            (
                r#""\" 18446744073709551617 \\""#,
                json!("\" 18446744073709551617 \\"),
            ),
            ("[18446744073709551617]", json!("[18446744073709551617]")),
            (
                r#"{"18446744073709551617\"": [-9223372036854775809]}"#,
                json!(r#"{"18446744073709551617\"": [-9223372036854775809]}"#),
            ),
            ("1e400", json!("1e400")),
            (&huge, json!(huge)),
            (&deep, json!(deep)),
        ];
        for (form, expected) in cases {
            let json = format!(r#"{{"type":"result","json":{form},"text":"t"}}"#);
            let expected = json!({ "json": expected, "text": "t" });
            assert_eq!(json!(read(&json)), expected);
            let json = format!(r#"{{"extra":{{"json":{form},"text":"t"}},"is_main_result":true}}"#);
            assert_eq!(json!(read(&json)), json!({ "extra": expected }));
        }
    }

    #[test]
    fn extra_forms_in_each_other_are_no_depth() {
        let depth = 100_000;
        let deep = format!("{}1{}", r#"{"extra":"#.repeat(depth), "}".repeat(depth));
        let text = &deep[2 * r#"{"extra":"#.len()..deep.len() - 2];
        assert_eq!(json!(read(&deep)), json!({ "extra": { "extra": text } }));
    }
}
