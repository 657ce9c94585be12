//! Writing files over plain HTTP.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use async_compression::tokio::bufread::GzipDecoder;
use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, header};
use http_body_util::BodyDataStream;
use hyper::body::{Body, Incoming};
use multer::{Field, Multipart};
use sandspan_protocol::{
    control::StringMap,
    files::{FORM_FIELD, WrittenFile},
};
use tokio_util::io::{ReaderStream, StreamReader};

use super::{
    encoding::{self, Encoding},
    metadata,
    place::Destination,
    problem::Refusal,
    query::FileQuery,
    receive::{Contents, receive},
};
use crate::{path, users::User};

/// How many bytes of a form there may be before the contents of a file begin, or its end comes.
const HEAD: usize = 1024 * 1024;

/// How many unpacked bytes are handed on at once.
const UNPACKED: usize = 64 * 1024;

/// An upload, before its contents.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) user: User,
    pub(super) query: FileQuery,
    pub(super) headers: HeaderMap,
}

impl Upload {
    /// Writes what the body holds, and tells what was written.
    ///
    /// Each file of a form appears when all of it has come, and stays when a later one fails.
    pub(super) async fn receive(self, body: &mut Incoming) -> Result<Vec<WrittenFile>, Refusal> {
        let length = body.size_hint().exact();
        let contents = unpacked(BodyDataStream::new(body), encoding::of_body(&self.headers)?);
        let content_type = self.headers.get(header::CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default();
        let media_type = media_type.trim().to_ascii_lowercase();
        let files = Files {
            metadata: metadata::of_request(&self.headers)?,
            length,
            written: Vec::new(),
            upload: &self,
        };
        if media_type == "application/octet-stream" {
            files.receive_one(contents).await
        } else if media_type.starts_with("multipart/") {
            let boundary =
                multer::parse_boundary(content_type).map_err(|problem| bad_form(&problem))?;
            let room = Room::default();
            let form = Multipart::new(paced(contents, room.clone()), boundary);
            files.receive_form(form, &room).await
        } else {
            Err(Refusal::bad_request(format!(
                "unsupported content type: {content_type}, expected multipart/form-data or application/octet-stream"
            )))
        }
    }
}

/// The files of an upload.
struct Files<'upload> {
    upload: &'upload Upload,
    metadata: StringMap,
    length: Option<u64>,
    written: Vec<WrittenFile>,
}

impl Files<'_> {
    async fn receive_one(mut self, contents: Contents<'_>) -> Result<Vec<WrittenFile>, Refusal> {
        let path = self.upload.query.path.as_deref().ok_or_else(|| {
            Refusal::bad_request("path query parameter is required for raw body upload")
        })?;
        self.write(path, contents).await?;
        Ok(self.written)
    }

    async fn receive_form(
        mut self,
        mut form: Multipart<'_>,
        room: &Room,
    ) -> Result<Vec<WrittenFile>, Refusal> {
        loop {
            room.limit(HEAD);
            let field = form.next_field().await.map_err(|it| bad_form(&it))?;
            room.limit(usize::MAX);
            let Some(mut field) = field else { break };
            if field.name() != Some(FORM_FIELD) {
                while field.chunk().await.map_err(|it| bad_form(&it))?.is_some() {}
                continue;
            }
            let path = self.path_of(&field)?;
            let contents = field.map_err(|problem| bad_form(&problem));
            self.write(&path, Box::pin(contents)).await?;
        }
        Ok(self.written)
    }

    fn path_of(&self, field: &Field<'_>) -> Result<String, Refusal> {
        let path = self.upload.query.path.as_deref().or(field.file_name());
        path.map(str::to_owned).ok_or_else(|| {
            Refusal::bad_request("a file of a form must have a name, or the URL a path")
        })
    }

    async fn write(&mut self, path: &str, contents: Contents<'_>) -> Result<(), Refusal> {
        let user = &self.upload.user;
        let path = path::resolve(path, &user.home)
            .map_err(|problem| Refusal::bad_request(format!("error resolving path: {problem}")))?;
        let shown = path.to_string_lossy().into_owned();
        if self.written.iter().any(|file| file.path == shown) {
            return Err(self.twice(&shown));
        }
        let written = WrittenFile::new(path::name(&path), shown, self.metadata.clone());
        let destination = Destination {
            path,
            user: user.clone(),
            metadata: self.metadata.clone(),
            length: self.length,
        };
        receive(contents, destination).await?;
        self.written.push(written);
        Ok(())
    }

    fn twice(&self, path: &str) -> Refusal {
        let others = self.written.iter().map(|file| &*file.path);
        let others: Vec<_> = others.filter(|other| *other != path).collect();
        let others = if others.is_empty() {
            String::new()
        } else {
            let others = others.join(", ");
            format!(", also the following files were uploaded: {others}")
        };
        let message = format!(
            "you cannot upload multiple files to the same path '{path}' in one upload request, only the first specified file was uploaded{others}"
        );
        Refusal::bad_request(message)
    }
}

fn bad_form(problem: &multer::Error) -> Refusal {
    // What the body says of itself is told as it was said.
    if let multer::Error::StreamReadFailed(source) = problem
        && let Some(Told(refusal)) = source.downcast_ref()
    {
        return Refusal::new(refusal.status, &*refusal.message);
    }
    Refusal::bad_request(format!("error reading form: {problem}"))
}

/// A refusal on its way through readers that know errors only.
#[derive(Debug, Clone)]
struct Told(Arc<Refusal>);

impl std::fmt::Display for Told {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl std::error::Error for Told {}

fn unpacked<'request, Error: std::fmt::Display + Send + 'request>(
    body: impl Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'request,
    encoding: Encoding,
) -> Contents<'request> {
    let stopped =
        |problem: Error| Refusal::bad_request(format!("error reading request body: {problem}"));
    match encoding {
        Encoding::Identity => Box::pin(body.map_err(stopped)),
        Encoding::Gzip => {
            let body = body.map_err(|problem| io::Error::other(problem.to_string()));
            let mut decoder = GzipDecoder::new(StreamReader::new(body));
            decoder.multiple_members(true);
            let contents = ReaderStream::with_capacity(decoder, UNPACKED);
            Box::pin(contents.map_err(|problem| {
                Refusal::bad_request(format!("error decompressing request body: {problem}"))
            }))
        }
    }
}

/// How much of a form may still be read: the parser keeps all that comes before a file's contents, so
/// that must not be without end.
#[derive(Debug, Clone, Default)]
struct Room(Arc<AtomicUsize>);

impl Room {
    fn limit(&self, bytes: usize) {
        self.0.store(bytes, Ordering::Relaxed);
    }

    fn take(&self, part: &Bytes) -> Result<(), Refusal> {
        let left = self.0.load(Ordering::Relaxed);
        match left.checked_sub(part.len()) {
            Some(left) => self.limit(left),
            None => {
                return Err(Refusal::bad_request(format!(
                    "error reading form: there are more than {HEAD} bytes without a file in them"
                )));
            }
        }
        Ok(())
    }
}

/// Gives one part at a time, for the parser of forms reads on as long as there is more: what
/// unpacks to much would all be in memory.
fn paced(
    contents: Contents<'_>,
    room: Room,
) -> impl Stream<Item = Result<Bytes, Told>> + Send + '_ {
    let mut contents = contents.map(move |part| {
        let part = part?;
        room.take(&part).map(|()| part)
    });
    let mut is_enough = false;
    futures::stream::poll_fn(move |context| {
        if std::mem::take(&mut is_enough) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = contents.poll_next_unpin(context);
        is_enough = matches!(next, Poll::Ready(Some(_)));
        next.map_err(|refusal| Told(Arc::new(refusal)))
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use bytes::Bytes;
    use multer::Multipart;
    use proptest::prelude::*;

    use super::{Encoding, Room, bad_form, paced, unpacked};

    /// What is in the fields of a form that comes in pieces, or why it cannot be read.
    fn read(pieces: Vec<Vec<u8>>, encoding: Encoding) -> Result<Vec<Vec<u8>>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let pieces = pieces
            .into_iter()
            .map(|piece| Ok::<_, Infallible>(Bytes::from(piece)));
        let contents = unpacked(futures::stream::iter(pieces), encoding);
        let room = Room::default();
        room.limit(usize::MAX);
        let mut form = Multipart::new(paced(contents, room), "B");
        runtime.expect("there is room").block_on(async {
            let mut fields = Vec::new();
            while let Some(field) = form
                .next_field()
                .await
                .map_err(|it| bad_form(&it).message)?
            {
                let bytes = field.bytes().await.map_err(|it| bad_form(&it).message)?;
                fields.push(bytes.to_vec());
            }
            Ok(fields)
        })
    }

    const FORM: &[u8] =
        b"--B\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--B--\r\n";

    #[test]
    fn what_is_packed_wrongly_is_told() {
        assert_eq!(
            read(vec![FORM.to_vec()], Encoding::Identity),
            Ok(vec![b"abc".to_vec()])
        );
        let problem = read(vec![FORM.to_vec()], Encoding::Gzip).expect_err("it is not packed");
        assert!(
            problem.starts_with("error decompressing request body: "),
            "{problem}"
        );
    }

    proptest! {
        #[test]
        fn a_form_may_come_in_any_pieces(cuts in prop::collection::vec(0..FORM.len(), 0..8)) {
            let mut cuts = cuts;
            cuts.extend([0, FORM.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|cut| FORM[cut[0]..cut[1]].to_vec()).collect();
            prop_assert_eq!(read(pieces, Encoding::Identity), Ok(vec![b"abc".to_vec()]));
        }

        #[test]
        fn no_form_is_too_strange(
            body in "(--B|--|\r\n|Content-Disposition: form-data; |name=\"file\"|filename=|a|\0|:){0,20}",
            is_packed in any::<bool>(),
        ) {
            let encoding = if is_packed { Encoding::Gzip } else { Encoding::Identity };
            let _ = read(vec![body.into_bytes()], encoding);
        }
    }
}
