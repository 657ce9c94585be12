import type {
  ConnectionOptions,
  CreateOptions,
  ListOptions,
  MetricsOptions,
} from '../native.js'
import type { SandboxNetworkOpts } from './network'

/** Where to connect to, and as whom. */
export type ConnectionOpts = ConnectionOptions

/** What a new sandbox is like, and where to create it. */
export interface SandboxOpts extends Omit<CreateOptions, 'network'>, ConnectionOptions {
  /** What it may reach, and what may reach its ports. Default: the service's. */
  network?: SandboxNetworkOpts
}

/** How to connect to a sandbox. */
export type SandboxConnectOpts = Pick<CreateOptions, 'timeoutMs'> & ConnectionOptions

/** Which sandboxes to list, in which order, and where. */
export interface SandboxListOpts extends ListOptions, ConnectionOptions {}

/** How to pause a sandbox. */
export interface SandboxPauseOpts extends ConnectionOptions {
  /**
   * Whether processes and memory are kept beside the files. Without them, a sandbox that is resumed
   * boots anew. Default: the service's, which is true.
   */
  keepMemory?: boolean
}

/** Which measurements of a sandbox, and where to ask. */
export interface SandboxMetricsOpts extends MetricsOptions, ConnectionOptions {}

/** How to make a URL of a file. */
export interface SandboxUrlOpts {
  /** The user that the file is read or written as. Default: the sandbox's default user. */
  user?: string
  /** How long the URL is good for, in seconds. Default: as long as the sandbox lives. */
  useSignatureExpiration?: number
}

/** How to keep a sandbox alive. */
export interface SandboxKeepAliveOpts {
  /**
   * How long it lives at least after the last extension, in milliseconds: 15000 to 3600000. It is
   * extended each time half of that has passed. Default: 60000.
   */
  extendByMs?: number
}

/** How long one request may take. Default: that of the connection. */
export type SandboxRequestOpts = Pick<SandboxOpts, 'requestTimeoutMs'>
