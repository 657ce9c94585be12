//! The process service: see `protocol/proto/process/process.proto`.

mod events;
mod exit;
mod running;
mod spawn;
mod table;

use std::{sync::Arc, time::Duration};

use connectrpc::{
    ConnectError, InboundStream, RequestContext, Response, ServiceRequest, ServiceResult,
    ServiceStream,
};
use futures::StreamExt as _;
use nix::sys::signal::Signal as UnixSignal;
use sandspan_protocol::{
    agent::AgentConfig,
    defaults::AGENT_KEEPALIVE,
    headers::KEEPALIVE_INTERVAL,
    rpc::process::{
        CloseStdinRequest, CloseStdinResponse, ConnectRequest, ConnectResponse, ListRequest,
        ListResponse, Process, ProcessEvent, SendInputRequest, SendInputResponse,
        SendSignalRequest, SendSignalResponse, Signal, StartRequest, StartResponse,
        StreamInputRequest, StreamInputResponse, UpdateRequest, UpdateResponse,
    },
};

use self::{
    running::Running,
    spawn::Surroundings,
    table::{Selected, Table},
};
use crate::{access, reaper::Reaper, suspension::Suspension};

/// Starts processes and lets clients follow, feed and end them.
pub(crate) struct ProcessService {
    surroundings: Surroundings,
    suspension: Arc<Suspension>,
    reaper: Arc<Reaper>,
    table: Arc<Table>,
}

impl ProcessService {
    pub(crate) fn new(
        config: AgentConfig,
        suspension: Arc<Suspension>,
        reaper: Arc<Reaper>,
    ) -> Self {
        Self {
            surroundings: Surroundings::new(config),
            suspension,
            reaper,
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
        let request = request.to_owned_message();
        if request.pty.is_set() {
            return Err(ConnectError::unimplemented(
                "terminals are not available yet",
            ));
        }
        let spawned = self.surroundings.spawn(&request, &user, &self.reaper)?;
        let timeout = context.time_remaining();
        let subscription = running::run(spawned, request, timeout, &self.suspension, &self.table);
        let events = events::stream(subscription, keepalive(&context)?, None);
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
        let events = events::stream(subscription, keepalive(&context)?, context.deadline());
        Response::ok(Box::pin(events.map(|event| event.map(connect_response))))
    }

    async fn update(
        &self,
        _context: RequestContext,
        request: ServiceRequest<'_, UpdateRequest>,
    ) -> ServiceResult<UpdateResponse> {
        let selector = Selected::new(&request.to_owned_message().process)?;
        self.running(&selector)?;
        Err(ConnectError::internal(
            "error resizing tty: tty not assigned to process",
        ))
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
                    process.write(&data.input).await?;
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
        let signal = match request.signal.as_known() {
            Some(Signal::SIGNAL_SIGTERM) => UnixSignal::SIGTERM,
            Some(Signal::SIGNAL_SIGKILL) => UnixSignal::SIGKILL,
            _ => {
                return Err(ConnectError::unimplemented(
                    "only SIGTERM and SIGKILL can be sent",
                ));
            }
        };
        self.running(&Selected::new(&request.process)?)?
            .signal(signal)?;
        Response::ok(SendSignalResponse::default())
    }

    async fn close_stdin(
        &self,
        _context: RequestContext,
        request: ServiceRequest<'_, CloseStdinRequest>,
    ) -> ServiceResult<CloseStdinResponse> {
        let request = request.to_owned_message();
        self.running(&Selected::new(&request.process)?)?
            .close_stdin()
            .await;
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

/// How long a stream may be silent before a sign of life is due.
fn keepalive(context: &RequestContext) -> Result<Duration, ConnectError> {
    let Some(value) = context.header(KEEPALIVE_INTERVAL) else {
        return Ok(AGENT_KEEPALIVE);
    };
    let seconds = value
        .to_str()
        .ok()
        .and_then(|text| text.parse::<u32>().ok());
    match seconds {
        Some(seconds @ 1..) => Ok(Duration::from_secs(seconds.into())),
        _ => Err(ConnectError::invalid_argument(format!(
            "{KEEPALIVE_INTERVAL} must be a positive number of seconds"
        ))),
    }
}
