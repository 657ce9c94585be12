//! Taking in the contents of one file.

use std::{fs::File, io, pin::Pin, sync::Arc};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use sandspan_protocol::defaults::FILE_IDLE_TIMEOUT;
use tokio::{io::AsyncWriteExt as _, net::unix::pipe, time::timeout};

use super::{
    blocking,
    place::{Destination, Place, not_written},
    problem::Refusal,
};

/// Contents as they come in.
pub(super) type Contents<'request> =
    Pin<Box<dyn Stream<Item = Result<Bytes, Refusal>> + Send + 'request>>;

/// How many bytes are gathered before they are written: what is smaller is written in one go.
const BATCH: usize = 256 * 1024;

/// Writes contents to where they are to go. Nothing of them is left when they stop before their
/// end, unless they went to something that cannot be replaced.
pub(super) async fn receive(
    mut contents: Contents<'_>,
    destination: Destination,
) -> Result<(), Refusal> {
    let destination = Arc::new(destination);
    let mut open = None;
    loop {
        let (batch, is_last) = gather(&mut contents).await?;
        let step = Step {
            destination: Arc::clone(&destination),
            place: open.take(),
            batch,
            is_last,
        };
        match blocking(|| step.take()).await? {
            Some((Place::Pipe(pipe), first)) => {
                return pour(contents, first, pipe, &destination).await;
            }
            Some((place, _)) => open = Some(place),
            None => return Ok(()),
        }
    }
}

async fn gather(contents: &mut Contents<'_>) -> Result<(Vec<Bytes>, bool), Refusal> {
    let (mut batch, mut length) = (Vec::new(), 0);
    while length < BATCH {
        match contents.next().await {
            Some(part) => {
                let part = part?;
                length += part.len();
                batch.push(part);
            }
            None => return Ok((batch, true)),
        }
    }
    Ok((batch, false))
}

/// What is done at once, away from the agent's only thread.
struct Step {
    destination: Arc<Destination>,
    place: Option<Place>,
    batch: Vec<Bytes>,
    is_last: bool,
}

impl Step {
    /// The place with what is still to be written there, unless all is done.
    fn take(self) -> Result<Option<(Place, Vec<Bytes>)>, Refusal> {
        let destination = &self.destination;
        let mut place = match self.place {
            Some(place) => place,
            None => Place::open(destination)?,
        };
        if let Place::Pipe(_) = place {
            return Ok(Some((place, self.batch)));
        }
        place.write(&self.batch, destination)?;
        if self.is_last {
            place.finish(destination)?;
            return Ok(None);
        }
        Ok(Some((place, Vec::new())))
    }
}

/// Writes contents to a pipe as fast as somebody reads them, but does not wait for ever.
async fn pour(
    contents: Contents<'_>,
    first: Vec<Bytes>,
    pipe: File,
    destination: &Destination,
) -> Result<(), Refusal> {
    let failed = |problem: io::Error| not_written(&problem, destination);
    let mut pipe = pipe::Sender::from_file(pipe).map_err(failed)?;
    let mut contents = futures::stream::iter(first).map(Ok).chain(contents);
    while let Some(part) = contents.next().await {
        timeout(FILE_IDLE_TIMEOUT, pipe.write_all(&part?))
            .await
            .unwrap_or_else(|_| {
                let seconds = FILE_IDLE_TIMEOUT.as_secs();
                let message = format!("nobody has read from the pipe for {seconds} seconds");
                Err(io::Error::new(io::ErrorKind::TimedOut, message))
            })
            .map_err(failed)?;
    }
    Ok(())
}
