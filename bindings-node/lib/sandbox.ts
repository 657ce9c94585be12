import {
  Sandbox as NativeSandbox,
  type ConnectionOptions,
  type CreateOptions,
  type ListOptions,
  type SandboxInfo,
} from '../native.js'
import { check, checkOptions } from './check'
import { Commands } from './commands'
import { SandboxPaginator } from './paginator'
import { traced } from './traced'

export type { SandboxQuery } from '../native.js'

/** Where to connect to, and as whom. */
export type ConnectionOpts = ConnectionOptions

/** What a new sandbox is like, and where to create it. */
export interface SandboxOpts extends CreateOptions, ConnectionOptions {}

/** How to connect to a sandbox. */
export type SandboxConnectOpts = Pick<CreateOptions, 'timeoutMs'> & ConnectionOptions

/** Which sandboxes to list, in which order, and where. */
export interface SandboxListOpts extends ListOptions, ConnectionOptions {}

/** How long one request may take. Default: that of the connection. */
export type SandboxRequestOpts = Pick<SandboxOpts, 'requestTimeoutMs'>

/**
 * A sandbox. It lives until its timeout passes or it is killed, whether or not a program holds it.
 *
 * `await using sandbox = await Sandbox.create()` kills it at the end of the block.
 */
export class Sandbox {
  /** Its id. */
  readonly sandboxId: string
  /** The domain of its hosts, where the service steers clients to one. */
  readonly sandboxDomain: string | undefined
  /** The commands in it. */
  readonly commands: Commands
  readonly #native: NativeSandbox

  /** Made by `Sandbox.create` and `Sandbox.connect`. */
  constructor(native: NativeSandbox) {
    this.sandboxId = native.sandboxId
    this.sandboxDomain = native.sandboxDomain ?? undefined
    this.commands = new Commands(native.commands)
    this.#native = native
  }

  /**
   * Creates a sandbox.
   *
   * @throws {InvalidArgumentError} when an option is wrong.
   */
  static create<Class extends typeof Sandbox>(
    this: Class,
    opts?: SandboxOpts,
  ): Promise<InstanceType<Class>>
  /** Creates a sandbox from a template. */
  static create<Class extends typeof Sandbox>(
    this: Class,
    template: string,
    opts?: SandboxOpts,
  ): Promise<InstanceType<Class>>
  static async create(first?: string | SandboxOpts, second?: SandboxOpts): Promise<Sandbox> {
    const opts = typeof first === 'object' ? first : { ...second, template: first }
    checkOptions(opts)
    return new this(await traced(NativeSandbox.create(opts, opts)))
  }

  /**
   * Connects to a sandbox, and resumes it when it is paused. One that runs gets at least the
   * timeout.
   *
   * @throws {SandboxNotFoundError} when there is none.
   */
  static async connect<Class extends typeof Sandbox>(
    this: Class,
    sandboxId: string,
    opts: SandboxConnectOpts = {},
  ): Promise<InstanceType<Class>> {
    check('sandboxId', sandboxId, 'text')
    checkOptions(opts)
    const native = await traced(NativeSandbox.connect(sandboxId, opts.timeoutMs, opts))
    return new this(native) as InstanceType<Class>
  }

  /** Lists sandboxes page by page. No request is made before `nextItems`. */
  static list(opts: SandboxListOpts = {}): SandboxPaginator {
    checkOptions(opts)
    return new SandboxPaginator(NativeSandbox.list(opts, opts))
  }

  /** Kills a sandbox; false when there was none. */
  static async kill(sandboxId: string, opts: ConnectionOpts = {}): Promise<boolean> {
    check('sandboxId', sandboxId, 'text')
    checkOptions(opts)
    return traced(NativeSandbox.kill(sandboxId, opts))
  }

  /**
   * Sets a sandbox's timeout: it ends so many milliseconds from now, sooner or later than before.
   *
   * @throws {SandboxNotFoundError} when there is none.
   */
  static async setTimeout(
    sandboxId: string,
    timeoutMs: number,
    opts: ConnectionOpts = {},
  ): Promise<void> {
    check('sandboxId', sandboxId, 'text')
    check('timeoutMs', timeoutMs, 'milliseconds')
    checkOptions(opts)
    await traced(NativeSandbox.setTimeout(sandboxId, timeoutMs, opts))
  }

  /**
   * What the service knows of a sandbox.
   *
   * @throws {SandboxNotFoundError} when there is none.
   */
  static async getInfo(sandboxId: string, opts: ConnectionOpts = {}): Promise<SandboxInfo> {
    check('sandboxId', sandboxId, 'text')
    checkOptions(opts)
    return traced(NativeSandbox.getInfo(sandboxId, opts))
  }

  /** The token that traffic to its ports must carry, if any. */
  get trafficAccessToken(): string | undefined {
    return this.#native.trafficAccessToken ?? undefined
  }

  /** Connects to it again, and resumes it when it is paused. */
  async connect(opts: Pick<SandboxConnectOpts, 'timeoutMs' | 'requestTimeoutMs'> = {}): Promise<this> {
    checkOptions(opts)
    await traced(this.#native.connect(opts.timeoutMs, opts.requestTimeoutMs))
    return this
  }

  /** Kills it; false when it was gone already. */
  async kill(opts: SandboxRequestOpts = {}): Promise<boolean> {
    checkOptions(opts)
    return traced(this.#native.kill(opts.requestTimeoutMs))
  }

  /** Sets its timeout: it ends so many milliseconds from now, sooner or later than before. */
  async setTimeout(timeoutMs: number, opts: SandboxRequestOpts = {}): Promise<void> {
    check('timeoutMs', timeoutMs, 'milliseconds')
    checkOptions(opts)
    await traced(this.#native.setTimeout(timeoutMs, opts.requestTimeoutMs))
  }

  /** What the service knows of it. */
  async getInfo(opts: SandboxRequestOpts = {}): Promise<SandboxInfo> {
    checkOptions(opts)
    return traced(this.#native.getInfo(opts.requestTimeoutMs))
  }

  /** Whether it runs. */
  async isRunning(opts: SandboxRequestOpts = {}): Promise<boolean> {
    checkOptions(opts)
    return traced(this.#native.isRunning(opts.requestTimeoutMs))
  }

  /** The host name that reaches a port of it. */
  getHost(port: number): string {
    check('port', port, 'port')
    return this.#native.getHost(port)
  }

  /** Kills it, at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
