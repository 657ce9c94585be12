import { setErrorFactory, type CommandResult, type ErrorFields } from '../native.js'

/** What all errors of this package have, though not all are a `SandboxError`. */
abstract class CodedError extends Error {
  /** The stable name of the error's kind, such as `SANDBOX_NOT_FOUND`. */
  readonly code: string
  /** The HTTP status of the answer, if there was one. */
  declare readonly statusCode?: number

  constructor(message?: string, { code, statusCode, cause }: ErrorFields = { code: 'UNEXPECTED' }) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    if (statusCode !== undefined) this.statusCode = statusCode
  }
}

// A name on the prototype is right in the stack trace too, which is made before a constructor runs.
Object.defineProperty(CodedError.prototype, 'name', {
  get(this: CodedError) {
    return this.constructor.name
  },
})

/** What went wrong with a sandbox. Most errors of this package are one. */
export class SandboxError extends CodedError {}

/** Something took too long, or the sandbox is gone. */
export class TimeoutError extends SandboxError {}

/** The sandbox does not run, and nothing tells why. */
export class SandboxNotRunningError extends TimeoutError {}

/** The sandbox reached its end of life. */
export class SandboxExpiredError extends SandboxNotRunningError {}

/** The sandbox was killed. */
export class SandboxKilledError extends SandboxNotRunningError {}

/** The sandbox is paused. */
export class SandboxPausedError extends SandboxNotRunningError {}

/** The service or the sandbox could not be reached, or the connection to it broke. */
export class SandboxUnreachableError extends TimeoutError {}

/** The sandbox runs, and nothing in it listens on the port. */
export class PortClosedError extends SandboxUnreachableError {}

/** An argument is wrong. */
export class InvalidArgumentError extends SandboxError {}

/** There is no space left in the sandbox. */
export class NotEnoughSpaceError extends SandboxError {}

/** There is no such thing in the sandbox, such as a process. */
export class NotFoundError extends SandboxError {}

/** There is no such file in the sandbox. */
export class FileNotFoundError extends NotFoundError {}

/** There is no such sandbox. */
export class SandboxNotFoundError extends NotFoundError {}

/** There is no such template, or it does not fit. */
export class TemplateError extends SandboxError {}

/** There were too many requests, or there are too many sandboxes. */
export class RateLimitError extends SandboxError {}

/** A branch has no upstream branch to push to or pull from. */
export class GitUpstreamError extends SandboxError {}

/** The provider cannot do this. */
export class UnsupportedError extends SandboxError {}

/** The local runtime cannot be started, or cannot isolate sandboxes on this machine. */
export class LocalRuntimeError extends SandboxError {}

/** A command ended with another exit code than 0. */
export class CommandExitError extends SandboxError implements CommandResult {
  /** The command's exit code; -1 when a signal ended it. */
  readonly exitCode: number
  /** How the command ended, in words. */
  readonly error?: string
  /** All that the command wrote to its standard output. */
  readonly stdout: string
  /** All that the command wrote to its standard error. */
  readonly stderr: string

  constructor(result: CommandResult) {
    super(result.error, { code: 'COMMAND_EXIT' })
    this.exitCode = result.exitCode
    this.error = result.error
    this.stdout = result.stdout
    this.stderr = result.stderr
  }
}

/** The key or token is missing or wrong. */
export class AuthenticationError extends CodedError {}

/** A Git repository refused the credentials for it, or asked for some. */
export class GitAuthError extends AuthenticationError {}

/** The service is too busy at the moment. */
export class ServiceBusyError extends CodedError {}

type ErrorClass = new (message: string, fields: ErrorFields) => Error

/** The class of each kind of error, by code. `CommandExitError` alone is made of something else. */
export const errorClasses: Readonly<Record<string, ErrorClass>> = {
  BUSY: ServiceBusyError,
  COMMAND_TIMEOUT: TimeoutError,
  EXPIRED: SandboxExpiredError,
  FILE_NOT_FOUND: FileNotFoundError,
  GIT_AUTH: GitAuthError,
  GIT_UPSTREAM: GitUpstreamError,
  INVALID_ARGUMENT: InvalidArgumentError,
  KILLED: SandboxKilledError,
  LOCAL_RUNTIME: LocalRuntimeError,
  NOT_ENOUGH_SPACE: NotEnoughSpaceError,
  NOT_FOUND: NotFoundError,
  NOT_RUNNING: SandboxNotRunningError,
  PAUSED: SandboxPausedError,
  PORT_CLOSED: PortClosedError,
  RATE_LIMITED: RateLimitError,
  REQUEST_TIMEOUT: TimeoutError,
  SANDBOX_NOT_FOUND: SandboxNotFoundError,
  TEMPLATE: TemplateError,
  UNAUTHENTICATED: AuthenticationError,
  UNEXPECTED: SandboxError,
  UNREACHABLE: SandboxUnreachableError,
  UNSUPPORTED: UnsupportedError,
}

setErrorFactory((message, fields) => {
  if (fields.result !== undefined) return new CommandExitError(fields.result)
  return new (errorClasses[fields.code] ?? SandboxError)(message, fields)
})
