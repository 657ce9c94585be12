//! Commands that end at once.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use connectrpc::{
    ConnectError, InboundStream, RequestContext, Response, Router, ServiceRequest, ServiceResult,
    ServiceStream,
};
use futures::stream;
use sandspan_protocol::rpc::process::{
    CloseStdinRequest, CloseStdinResponse, ConnectRequest, ConnectResponse, ListRequest,
    ListResponse, Process, ProcessEvent, ProcessExt as _, SendInputRequest, SendInputResponse,
    SendSignalRequest, SendSignalResponse, StartRequest, StartResponse, StreamInputRequest,
    StreamInputResponse, UpdateRequest, UpdateResponse,
    process_event::{DataEvent, EndEvent, Event, StartEvent, data_event::Output},
};

/// How much output one event carries, as with the real agent.
const CHUNK: usize = 32 * 1024;

/// The process service.
pub(crate) struct Instant;

impl Instant {
    pub(crate) fn register_arc(self, router: Router) -> Router {
        Arc::new(self).register(router)
    }
}

/// What the command's text says that it prints.
fn length(request: &StartRequest) -> usize {
    let command = request.process.args.last();
    command.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn response(event: Event) -> StartResponse {
    let event = ProcessEvent {
        event: Some(event),
        ..Default::default()
    };
    StartResponse {
        event: event.into(),
        ..Default::default()
    }
}

fn output(length: usize) -> Event {
    static CONTENTS: OnceLock<Bytes> = OnceLock::new();
    let contents = CONTENTS.get_or_init(|| vec![b'x'; CHUNK].into());
    Event::Data(Box::new(DataEvent {
        output: Some(Output::Stdout(contents.slice(..length).into())),
        ..Default::default()
    }))
}

fn unimplemented<T>() -> ServiceResult<T> {
    Err(ConnectError::unimplemented("nothing is measured by it"))
}

#[expect(
    refining_impl_trait,
    reason = "the plain types read better than what the trait leaves open"
)]
impl Process for Instant {
    async fn list(
        &self,
        _context: RequestContext,
        _request: ServiceRequest<'_, ListRequest>,
    ) -> ServiceResult<ListResponse> {
        Response::ok(ListResponse::default())
    }

    async fn start(
        &self,
        _context: RequestContext,
        request: ServiceRequest<'_, StartRequest>,
    ) -> ServiceResult<ServiceStream<StartResponse>> {
        let length = length(&request.to_owned_message());
        let start = StartEvent {
            pid: 1,
            ..Default::default()
        };
        let end = EndEvent {
            exited: true,
            status: "exit status 0".to_owned(),
            ..Default::default()
        };
        let data = (0..length)
            .step_by(CHUNK)
            .map(move |sent| output(CHUNK.min(length - sent)));
        let events = std::iter::once(Event::Start(Box::new(start)))
            .chain(data)
            .chain([Event::End(Box::new(end))]);
        Response::ok(Box::pin(stream::iter(
            events.map(|event| Ok(response(event))),
        )))
    }

    async fn connect(
        &self,
        _context: RequestContext,
        _request: ServiceRequest<'_, ConnectRequest>,
    ) -> ServiceResult<ServiceStream<ConnectResponse>> {
        unimplemented()
    }

    async fn update(
        &self,
        _context: RequestContext,
        _request: ServiceRequest<'_, UpdateRequest>,
    ) -> ServiceResult<UpdateResponse> {
        unimplemented()
    }

    async fn stream_input(
        &self,
        _context: RequestContext,
        _requests: InboundStream<StreamInputRequest>,
    ) -> ServiceResult<StreamInputResponse> {
        unimplemented()
    }

    async fn send_input(
        &self,
        _context: RequestContext,
        _request: ServiceRequest<'_, SendInputRequest>,
    ) -> ServiceResult<SendInputResponse> {
        unimplemented()
    }

    async fn send_signal(
        &self,
        _context: RequestContext,
        _request: ServiceRequest<'_, SendSignalRequest>,
    ) -> ServiceResult<SendSignalResponse> {
        unimplemented()
    }

    async fn close_stdin(
        &self,
        _context: RequestContext,
        _request: ServiceRequest<'_, CloseStdinRequest>,
    ) -> ServiceResult<CloseStdinResponse> {
        unimplemented()
    }
}
