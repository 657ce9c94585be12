import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { setBundledProgram } from '../native.js'
import { Sandbox } from './sandbox'

const program = join(__dirname, '..', 'bin', 'sandspan')
if (existsSync(program)) setBundledProgram(program)

export type {
  CommandResult,
  OnTimeout,
  ProcessInfo,
  SandboxInfo,
  SandboxLifecycle,
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
export { SandboxPaginator } from './paginator'
export {
  Sandbox,
  type ConnectionOpts,
  type SandboxConnectOpts,
  type SandboxListOpts,
  type SandboxOpts,
  type SandboxQuery,
  type SandboxRequestOpts,
} from './sandbox'
export default Sandbox
