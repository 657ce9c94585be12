use super::*;
use crate::provider::E2B;

type Variables = &'static [(&'static str, &'static str)];

fn resolved(options: ConnectionOptions, variables: Variables) -> Result<Settings> {
    resolve(options, &|name| {
        let variable = variables.iter().find(|(variable, _)| *variable == name);
        variable.map(|(_, value)| (*value).to_owned())
    })
}

fn options(set: impl FnOnce(&mut ConnectionOptions)) -> ConnectionOptions {
    let mut options = ConnectionOptions::default();
    set(&mut options);
    options
}

fn api_url(settings: &Settings) -> &str {
    settings
        .endpoint
        .as_ref()
        .map_or("", |endpoint| endpoint.url.as_str())
}

fn api_key(settings: &Settings) -> &[u8] {
    settings
        .endpoint
        .as_ref()
        .map_or(b"", |endpoint| endpoint.api_key.as_bytes())
}

#[test]
fn nothing_at_all_is_the_local_runtime() {
    let settings = resolved(ConnectionOptions::default(), &[("E2B_API_KEY", "")]).unwrap();
    assert!(settings.is_fallback && settings.endpoint.is_none());
    assert_eq!(settings.profile.name, "local");
    assert_eq!(settings.proxy, Proxy::None);
    assert_eq!(settings.request_timeout, Duration::from_secs(60));
}

#[test]
fn only_a_key_that_is_given_replaces_the_local_runtime_s() {
    let local = || options(|o| o.provider = Some("local".into()));
    let variables: Variables = &[("SANDSPAN_API_KEY", "k"), ("E2B_API_KEY", "k")];
    let settings = resolved(local(), variables).unwrap();
    assert!(settings.endpoint.is_none() && settings.given_key.is_none());
    let mut given = local();
    given.api_key = Some("own".into());
    let settings = resolved(given, variables).unwrap();
    assert_eq!(settings.given_key.unwrap(), "own");
    assert!(settings.endpoint.is_none());
}

#[test]
fn a_key_in_the_environment_chooses_its_provider() {
    let settings = resolved(ConnectionOptions::default(), &[("E2B_API_KEY", "k")]).unwrap();
    assert_eq!(settings.profile.name, "e2b");
    assert_eq!(api_url(&settings), "https://api.e2b.app/");
    assert_eq!(api_key(&settings), b"k");
    assert_eq!(settings.proxy, Proxy::System);
}

#[test]
fn a_named_provider_wins_over_the_environment() {
    let variables: Variables = &[("E2B_API_KEY", "k"), (PROVIDER, "local")];
    let settings = resolved(ConnectionOptions::default(), variables).unwrap();
    assert_eq!(settings.profile.name, "local");
    assert!(!settings.is_fallback);
    let settings = resolved(options(|o| o.provider = Some("e2b".into())), variables).unwrap();
    assert_eq!(settings.profile.name, "e2b");
}

#[test]
fn explicit_values_win_over_the_environment_and_that_over_the_profile() {
    let variables: Variables = &[
        ("E2B_API_KEY", "k"),
        ("E2B_DOMAIN", "example.com"),
        ("E2B_SANDBOX_URL", "http://127.0.0.1:2"),
    ];
    let settings = resolved(ConnectionOptions::default(), variables).unwrap();
    assert_eq!(api_url(&settings), "https://api.example.com/");
    assert_eq!(
        settings.sandbox_url.as_ref().map(Url::as_str),
        Some("http://127.0.0.1:2/")
    );
    let explicit = options(|o| {
        o.provider = Some("e2b".into());
        o.api_key = Some("other".into());
        o.domain = Some("e2b.dev".into());
        o.sandbox_url = Some("http://127.0.0.1:3".into());
    });
    let settings = resolved(explicit, variables).unwrap();
    assert_eq!(api_url(&settings), "https://api.e2b.dev/");
    assert_eq!(api_key(&settings), b"other");
    assert_eq!(
        settings.sandbox_url.as_ref().map(Url::as_str),
        Some("http://127.0.0.1:3/")
    );
}

#[test]
fn a_url_names_any_server() {
    let given = options(|o| o.api_url = Some("http://127.0.0.1:3000".into()));
    let settings = resolved(
        given.clone(),
        &[("SANDSPAN_API_KEY", "a"), ("E2B_API_KEY", "b")],
    );
    let settings = settings.unwrap();
    assert_eq!(
        (settings.profile.name, api_key(&settings)),
        ("server", &b"a"[..])
    );
    assert_eq!(settings.proxy, Proxy::None);
    assert_eq!(
        api_key(&resolved(given, &[("E2B_API_KEY", "b")]).unwrap()),
        b"b"
    );
    let variables: Variables = &[
        ("SANDSPAN_API_URL", "https://host/prefix"),
        ("SANDSPAN_API_KEY", "k"),
    ];
    let settings = resolved(ConnectionOptions::default(), variables).unwrap();
    assert_eq!(api_url(&settings), "https://host/prefix");
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let refused = |given: ConnectionOptions, variables: Variables| {
        let error = resolved(given, variables).expect_err("refused");
        (error.kind(), error.message().to_owned())
    };
    let (kind, message) = refused(options(|o| o.provider = Some("x".into())), &[]);
    assert_eq!(kind, ErrorKind::InvalidArgument);
    assert_eq!(message, "Unknown provider 'x', expected 'local' or 'e2b'");
    let (kind, message) = refused(options(|o| o.provider = Some("e2b".into())), &[]);
    assert_eq!(kind, ErrorKind::Unauthenticated);
    assert!(message.contains("`E2B_API_KEY`"), "{message}");
    let (_, message) = refused(options(|o| o.api_key = Some("secret".into())), &[]);
    assert!(message.starts_with("api_key is given") && !message.contains("secret"));
    for text in ["nonsense", "ftp://host", "http://"] {
        let (kind, message) = refused(options(|o| o.api_url = Some(text.into())), &[]);
        assert_eq!(kind, ErrorKind::InvalidArgument);
        assert!(message.starts_with("Invalid api_url: "), "{message}");
    }
}

#[test]
fn two_keys_are_refused_by_name() {
    static OTHER: Profile = Profile {
        name: "other",
        key_variables: &["OTHER_API_KEY"],
        ..E2B
    };
    let all = |_: &str| Some("set".to_owned());
    let error = chosen_by_key(&mut [&E2B, &OTHER].into_iter(), &all).expect_err("two");
    assert_eq!(
        error.message(),
        "Both E2B_API_KEY and OTHER_API_KEY are set: choose with SANDSPAN_PROVIDER, or give \
         provider"
    );
}

#[test]
fn secrets_are_never_printed() {
    let given = options(|o| {
        o.api_url = Some("http://user:secret@127.0.0.1:1".into());
        o.api_key = Some("secret".into());
        o.headers.insert("X-Token".into(), "secret".into());
        o.proxy = Some("http://user:secret@proxy:1".into());
    });
    assert!(!format!("{given:?}").contains("secret"));
    let headers = resolved(given, &[]).unwrap();
    assert!(
        !format!(
            "{:?} {:?}",
            headers.headers,
            headers.endpoint.unwrap().api_key
        )
        .contains("secret")
    );
    let bad = options(|o| {
        o.api_url = Some("http://h".into());
        o.api_key = Some("secret\n".into());
    });
    assert!(
        !resolved(bad, &[])
            .expect_err("refused")
            .to_string()
            .contains("secret")
    );
}
