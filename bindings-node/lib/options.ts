import type { ConnectionOptions, CreateOptions, ListOptions } from '../native.js'

/** Where to connect to, and as whom. */
export type ConnectionOpts = ConnectionOptions

/** What a new sandbox is like, and where to create it. */
export interface SandboxOpts extends CreateOptions, ConnectionOptions {}

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
