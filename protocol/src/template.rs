//! Template references: `[namespace/]alias[:tag]`.

use std::{fmt, str::FromStr};

/// A template as a client names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TemplateReference {
    /// Whose template it is; none for a public one.
    pub namespace: Option<String>,
    /// Its name.
    pub alias: String,
    /// Which build of it; none for the default.
    pub tag: Option<String>,
}

/// The text is not a template reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid template reference: invalid template ID: {0}")]
pub struct InvalidTemplateReference(String);

impl FromStr for TemplateReference {
    type Err = InvalidTemplateReference;

    fn from_str(text: &str) -> Result<Self, InvalidTemplateReference> {
        let lower = text.trim().to_lowercase();
        let (name, tag) = match lower.split_once(':') {
            Some((name, tag)) => (name, Some(tag)),
            None => (lower.as_str(), None),
        };
        let (namespace, alias) = match name.split_once('/') {
            Some((namespace, alias)) => (Some(namespace), alias),
            None => (None, name),
        };
        let is_name = |part: &str| is_made_of(part, b"-_");
        if !is_name(alias)
            || !namespace.is_none_or(is_name)
            || !tag.is_none_or(|tag| is_made_of(tag, b"-_."))
        {
            return Err(InvalidTemplateReference(text.chars().take(64).collect()));
        }
        Ok(Self {
            namespace: namespace.map(str::to_owned),
            alias: alias.to_owned(),
            tag: tag.filter(|tag| *tag != "default").map(str::to_owned),
        })
    }
}

fn is_made_of(part: &str, extra: &[u8]) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || extra.contains(&byte);
    !part.is_empty() && part.bytes().all(allowed)
}

impl fmt::Display for TemplateReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write!(formatter, "{namespace}/")?;
        }
        formatter.write_str(&self.alias)?;
        self.tag
            .iter()
            .try_for_each(|tag| write!(formatter, ":{tag}"))
    }
}

#[cfg(test)]
mod tests {
    use super::TemplateReference;

    #[test]
    fn reads_all_parts() {
        let template: TemplateReference = " Team/Base-2:v1.0 ".parse().expect("valid");
        assert_eq!(template.to_string(), "team/base-2:v1.0");
        let template: TemplateReference = "base:default".parse().expect("valid");
        assert_eq!(template.to_string(), "base");
    }

    #[test]
    fn refuses_other_characters() {
        for text in [
            "", "a b", "../base", "a/b/c", "base:", ":tag", "/base", "ba\0se",
        ] {
            assert!(text.parse::<TemplateReference>().is_err(), "{text:?}");
        }
    }
}
