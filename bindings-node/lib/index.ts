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
  GitBranches,
  GitFileStatus,
  GitStatus,
  OnTimeout,
  ProcessInfo,
  PtySize,
  SandboxActivity,
  SandboxInfo,
  SandboxInfoLifecycle,
  SandboxLifecycle,
  SandboxMetrics,
  SandboxNetworkInfo,
  SandboxNetworkRule,
  SandboxOnTimeout,
  SandboxQuery,
  VolumeMount,
  WriteInfo,
} from '../native.js'
export { CommandHandle, type OutputCallbacks } from './command-handle'
export {
  Commands,
  type CommandConnectOpts,
  type CommandRequestOpts,
  type CommandStartOpts,
} from './commands'
export { type EntryInfo, FileType, type FilesystemEvent, FilesystemEventType } from './entry'
export {
  AuthenticationError,
  CommandExitError,
  FileNotFoundError,
  GitAuthError,
  GitUpstreamError,
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
export type { FileData, WriteEntry } from './file-content'
export {
  Files,
  // The name that the hosted services' packages have for it.
  Files as Filesystem,
  type FilesystemListOpts,
  type FilesystemReadOpts,
  type FilesystemRequestOpts,
  type FilesystemWriteOpts,
  type WatchOpts,
} from './files'
export {
  Git,
  type GitAddOpts,
  type GitCommitOpts,
  type GitDeleteBranchOpts,
  type GitInitOpts,
  type GitRequestOpts,
  type GitResetMode,
  type GitResetOpts,
  type GitRestoreOpts,
} from './git'
export type {
  GitCloneOpts,
  GitConfigOpts,
  GitConfigScope,
  GitDangerouslyAuthenticateOpts,
  GitPullOpts,
  GitPushOpts,
  GitRemoteAddOpts,
} from './git-remotes'
export { CommandInputHandle, type StreamInputOpts } from './input'
export { KeepAlive } from './keep-alive'
export { SandboxLifetime } from './lifetime'
export {
  ALL_TRAFFIC,
  type SandboxEgressOpts,
  type SandboxEgressProxyOpts,
  type SandboxNetworkOpts,
  type SandboxNetworkRules,
  type SandboxNetworkSelector,
  type SandboxNetworkSelectorContext,
  type SandboxNetworkUpdate,
} from './network'
export type {
  ConnectionOpts,
  SandboxConnectOpts,
  SandboxKeepAliveOpts,
  SandboxListOpts,
  SandboxMetricsOpts,
  SandboxOpts,
  SandboxPauseOpts,
  SandboxRequestOpts,
  SandboxUrlOpts,
} from './options'
export { SandboxPaginator } from './paginator'
export { Pty, type PtyConnectOpts, type PtyCreateOpts } from './pty'
export { Sandbox } from './sandbox'
export { type WatchCallbacks, WatchHandle } from './watch'
export default Sandbox
