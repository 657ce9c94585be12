//! Making templates ready.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use futures::{Stream, stream};
use sandspan_protocol::runtime::Preparation;
use tokio::{sync::watch, time::timeout};

use super::{Shared, answer::ApiError, create::find_template};

/// How long nothing is said at most.
const SIGN_OF_LIFE: Duration = Duration::from_millis(900);

/// `POST /runtime/templates/<name>`: makes the template, if need be, and tells how far that is.
pub(super) async fn make_ready(
    State(control): Shared,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let name = find_template(&control, &name)?;
    let progress = control.templates.make_ready(&name);
    let lines = Body::from_stream(lines(progress));
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}

/// A line for each step; the last is the first that says how it ended.
fn lines(progress: watch::Receiver<Preparation>) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(Some((progress, true)), |state| async {
        let (mut progress, is_first) = state?;
        // After a while without news there is something to say too: that it goes on.
        let has_ended =
            !is_first && matches!(timeout(SIGN_OF_LIFE, progress.changed()).await, Ok(Err(_)));
        let mut now = progress.borrow_and_update().clone();
        if has_ended && matches!(now, Preparation::Building { .. }) {
            now = Preparation::Failed {
                message: "the maker of the template ended".to_owned(),
            };
        }
        let mut line = serde_json::to_vec(&now).unwrap_or_default();
        line.push(b'\n');
        let goes_on = matches!(now, Preparation::Building { .. });
        Some((Ok(line.into()), goes_on.then_some((progress, false))))
    })
}
