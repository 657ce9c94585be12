import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { setBundledProgram } from '../native.js'
import { Sandbox } from './sandbox'

const program = join(__dirname, '..', 'bin', 'sandspan')
if (existsSync(program)) setBundledProgram(program)

export type {
  ActivityKind,
  CommandResult,
  EndReason,
  OnTimeout,
  ProcessInfo,
  SandboxActivity,
  SandboxInfo,
  SandboxInfoLifecycle,
  SandboxLifecycle,
  SandboxOnTimeout,
  SandboxQuery,
  VolumeMount,
} from '../native.js'
export { CommandHandle, type OutputCallbacks } from './command-handle'
export {
  Commands,
  type CommandConnectOpts,
  type CommandRequestOpts,
  type CommandStartOpts,
} from './commands'
export {
  AuthenticationError,
  CommandExitError,
  FileNotFoundError,
  InvalidArgumentError,
  LocalRuntimeError,
  NotEnoughSpaceError,
  NotFoundError,
  PortClosedError,
  RateLimitError,
  SandboxError,
  SandboxExpiredError,
  SandboxKilledError,
  SandboxNotFoundError,
  SandboxNotRunningError,
  SandboxPausedError,
  SandboxUnreachableError,
  ServiceBusyError,
  TemplateError,
  TimeoutError,
  UnsupportedError,
} from './errors'
export { KeepAlive } from './keep-alive'
export { SandboxLifetime } from './lifetime'
export type {
  ConnectionOpts,
  SandboxConnectOpts,
  SandboxKeepAliveOpts,
  SandboxListOpts,
  SandboxOpts,
  SandboxPauseOpts,
  SandboxRequestOpts,
} from './options'
export { SandboxPaginator } from './paginator'
export { Sandbox } from './sandbox'
export default Sandbox
