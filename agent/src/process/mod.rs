//! The process service: see `protocol/proto/process/process.proto`.

mod events;
mod exit;
mod followers;
mod groups;
mod input;
mod output;
mod running;
mod spawn;
mod table;
mod terminal;
mod tree;

use std::sync::Arc;

use connectrpc::{
    ConnectError, InboundStream, RequestContext, Response, ServiceRequest, ServiceResult,
    ServiceStream,
};
use futures::StreamExt as _;
use sandspan_protocol::rpc::process::{
    CloseStdinRequest, CloseStdinResponse, ConnectRequest, ConnectResponse, ListRequest,
    ListResponse, Process, ProcessEvent, SendInputRequest, SendInputResponse, SendSignalRequest,
    SendSignalResponse, Signal, StartRequest, StartResponse, StreamInputRequest,
    StreamInputResponse, UpdateRequest, UpdateResponse,
};

pub(crate) use self::{
    events::Event,
    exit::event as exit_event,
    output::Output,
    spawn::{Surroundings, working_directory},
    tree::Mark,
};
use self::{
    running::{Running, TimeLimit},
    table::{Selected, Table},
};
use crate::{access, keepalive, log::Log, reaper::Reaper, suspension::Suspension};

/// Starts processes and lets clients follow, feed and end them.
pub(crate) struct ProcessService {
    surroundings: Arc<Surroundings>,
    suspension: Arc<Suspension>,
    reaper: Arc<Reaper>,
    log: Arc<Log>,
    table: Arc<Table>,
}

impl ProcessService {
    pub(crate) fn new(
        surroundings: Arc<Surroundings>,
        suspension: Arc<Suspension>,
        reaper: Arc<Reaper>,
        log: Arc<Log>,
    ) -> Self {
        Self {
            surroundings,
            suspension,
            reaper,
            log,
            table: Arc::default(),
        }
    }

    fn running(&self, selector: &Selected) -> Result<Arc<Running>, ConnectError> {
        self.table
            .running(selector)
            .ok_or_else(|| selector.not_found())
    }
}

#[expect(
    refining_impl_trait,
    reason = "the plain types read better than what the trait leaves open"
)]
impl Process for ProcessService {
    async fn list(
        &self,
        _context: RequestContext,
        _request: ServiceRequest<'_, ListRequest>,
    ) -> ServiceResult<ListResponse> {
        Response::ok(ListResponse {
            processes: self.table.list(),
            ..Default::default()
        })
    }

    async fn start(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, StartRequest>,
    ) -> ServiceResult<ServiceStream<StartResponse>> {
        let user = access::user(context.headers())
            .map_err(|name| ConnectError::unauthenticated(format!("invalid username: '{name}'")))?;
        let keepalive = keepalive::interval(&context)?;
        let request = request.to_owned_message();
        let spawned = self.surroundings.spawn(&request, &user, &self.reaper)?;
        let limit = TimeLimit {
            timeout: context.time_remaining(),
            suspension: Arc::clone(&self.suspension),
        };
        let log = Arc::clone(&self.log);
        log.process_started(spawned.pid, &request, &user.name);
        let subscription = running::run(spawned, request, limit, &self.table, log);
        let events = events::stream(subscription, keepalive, None);
        Response::ok(Box::pin(events.map(|event| event.map(start_response))))
    }

    async fn connect(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, ConnectRequest>,
    ) -> ServiceResult<ServiceStream<ConnectResponse>> {
        let selector = Selected::new(&request.to_owned_message().process)?;
        let subscription = self
            .table
            .subscribe(&selector)
            .ok_or_else(|| selector.not_found())?;
        let events = events::stream(
            subscription,
            keepalive::interval(&context)?,
            context.deadline(),
        );
        Response::ok(Box::pin(events.map(|event| event.map(connect_response))))
    }

    async fn update(
        &self,
        _context: RequestContext,
        request: ServiceRequest<'_, UpdateRequest>,
    ) -> ServiceResult<UpdateResponse> {
        let request = request.to_owned_message();
        let process = self.running(&Selected::new(&request.process)?)?;
        if !request.pty.size.is_set() {
            return Err(ConnectError::invalid_argument(
                "an update must say the size of the terminal",
            ));
        }
        process.input.resize(terminal::size(&request.pty)?)?;
        Response::ok(UpdateResponse::default())
    }

    async fn stream_input(
        &self,
        _context: RequestContext,
        mut requests: InboundStream<StreamInputRequest>,
    ) -> ServiceResult<StreamInputResponse> {
        use sandspan_protocol::rpc::process::stream_input_request::Event;
        let mut process = None;
        while let Some(message) = requests.next().await {
            match message?.to_owned_message().event {
                Some(Event::Start(start)) => {
                    process = Some(self.running(&Selected::new(&start.process)?)?);
                }
                Some(Event::Data(data)) => {
                    let process = process.as_ref().ok_or_else(|| {
                        ConnectError::invalid_argument("data came before the start event")
                    })?;
                    process.input.write(&data.input).await?;
                }
                Some(Event::Keepalive(_)) | None => {}
            }
        }
        Response::ok(StreamInputResponse::default())
    }

    async fn send_input(
        &self,
        _context: RequestContext,
        request: ServiceRequest<'_, SendInputRequest>,
    ) -> ServiceResult<SendInputResponse> {
        let request = request.to_owned_message();
        self.running(&Selected::new(&request.process)?)?
            .input
            .write(&request.input)
            .await?;
        Response::ok(SendInputResponse::default())
    }

    async fn send_signal(
        &self,
        _context: RequestContext,
        request: ServiceRequest<'_, SendSignalRequest>,
    ) -> ServiceResult<SendSignalResponse> {
        let request = request.to_owned_message();
        let process = self.running(&Selected::new(&request.process)?)?;
        match request.signal.as_known() {
            Some(Signal::SIGNAL_SIGTERM) => process.terminate()?,
            Some(Signal::SIGNAL_SIGKILL) => process.kill()?,
            _ => {
                return Err(ConnectError::unimplemented(
                    "only SIGTERM and SIGKILL can be sent",
                ));
            }
        }
        Response::ok(SendSignalResponse::default())
    }

    async fn close_stdin(
        &self,
        _context: RequestContext,
        request: ServiceRequest<'_, CloseStdinRequest>,
    ) -> ServiceResult<CloseStdinResponse> {
        let request = request.to_owned_message();
        self.running(&Selected::new(&request.process)?)?
            .input
            .close()
            .await?;
        Response::ok(CloseStdinResponse::default())
    }
}

fn start_response(event: ProcessEvent) -> StartResponse {
    StartResponse {
        event: event.into(),
        ..Default::default()
    }
}

fn connect_response(event: ProcessEvent) -> ConnectResponse {
    ConnectResponse {
        event: event.into(),
        ..Default::default()
    }
}
