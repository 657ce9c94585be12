//! Whether what came of an operation is what its vector expects.

use std::collections::BTreeMap;

use jiff::Timestamp;
use regex_lite::Regex;
use serde_json::{Map, Value, json};

use crate::{calls::Thing, fields};

/// Puts in the values that special objects stand for, but `$number`, which no JSON value can be.
pub(crate) fn resolve(value: &Value, saved: &BTreeMap<String, Thing>) -> Value {
    if let Some(path) = value["$saved"].as_str() {
        let (name, field) = path.split_once('.').unwrap_or((path, ""));
        let value = fields::of(&saved[name]);
        return if field.is_empty() {
            value
        } else {
            value[field].clone()
        };
    }
    if let [Value::String(text), count] = value["$repeat"].as_array().map_or(&[][..], |it| it) {
        let count = count.as_u64().and_then(|count| usize::try_from(count).ok());
        return text.repeat(count.expect("a number of times")).into();
    }
    match value {
        Value::Object(fields) => {
            let resolved = |(name, field): (&String, _)| (name.clone(), resolve(field, saved));
            Value::Object(fields.iter().map(resolved).collect())
        }
        Value::Array(items) => items.iter().map(|item| resolve(item, saved)).collect(),
        value => value.clone(),
    }
}

/// Compares what came of an operation with what was expected.
pub(crate) fn check(expected: &Value, outcome: &Value, call: &str) -> Result<(), String> {
    let kinds = |value: &Value| value.as_object().map(|it| it.keys().cloned().collect());
    let kinds: [Option<Vec<String>>; 2] = [kinds(expected), kinds(outcome)];
    if kinds[0] != kinds[1] {
        return Err(format!("{call} gave {outcome}"));
    }
    compare(expected, outcome, call)
}

fn compare(expected: &Value, actual: &Value, place: &str) -> Result<(), String> {
    let matches = match expected {
        Value::Object(fields) => match matcher(fields) {
            Some(("every", wanted)) => return compare_every(wanted, actual, place),
            Some((name, wanted)) => is_matched(name, wanted, actual),
            None => return compare_fields(fields, actual, place),
        },
        Value::Array(items) => return compare_items(items, actual, place),
        expected => actual == expected,
    };
    if matches {
        Ok(())
    } else {
        Err(format!("{place} is {actual}, expected {expected}"))
    }
}

fn compare_fields(
    expected: &Map<String, Value>,
    actual: &Value,
    place: &str,
) -> Result<(), String> {
    for (name, expected) in expected {
        compare(expected, &actual[name], &format!("{place}.{name}"))?;
    }
    Ok(())
}

fn compare_items(expected: &[Value], actual: &Value, place: &str) -> Result<(), String> {
    let count = actual.as_array().map(Vec::len);
    if count != Some(expected.len()) {
        return Err(format!("{place} is {actual}, expected {}", json!(expected)));
    }
    for (position, expected) in expected.iter().enumerate() {
        compare(expected, &actual[position], &format!("{place}[{position}]"))?;
    }
    Ok(())
}

/// Compares each item of a list that is not empty.
fn compare_every(expected: &Value, actual: &Value, place: &str) -> Result<(), String> {
    let items = actual.as_array().filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| format!("{place} is {actual}, expected some items"))?;
    compare_items(&vec![expected.clone(); items.len()], actual, place)
}

fn matcher(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, wanted) = fields.iter().next()?;
    Some((name.strip_prefix('$')?, wanted))
}

fn is_matched(matcher: &str, wanted: &Value, actual: &Value) -> bool {
    match matcher {
        "exists" => wanted == !actual.is_null(),
        "type" => match wanted.as_str() {
            Some("string") => actual.is_string(),
            Some("integer") => actual.is_i64() || actual.is_u64(),
            Some("number") => actual.is_number(),
            other => panic!("there is no type {other:?}"),
        },
        "matches" => {
            let pattern = Regex::new(wanted.as_str().unwrap_or_default());
            let pattern = pattern.expect("a regular expression");
            actual.as_str().is_some_and(|text| pattern.is_match(text))
        }
        "seconds_from_now" => {
            let time = actual.as_str().and_then(|time| time.parse().ok());
            let bound = |index: usize| wanted[index].as_f64().expect("a number");
            time.is_some_and(|time: Timestamp| {
                let seconds = time.duration_since(Timestamp::now()).as_secs_f64();
                (bound(0)..=bound(1)).contains(&seconds)
            })
        }
        other => panic!("there is no matcher {other}"),
    }
}
