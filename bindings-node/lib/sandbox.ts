import {
  Sandbox as NativeSandbox,
  type EndReason,
  type SandboxInfo,
  type SandboxMetrics,
} from '../native.js'
import { check, checkOptions } from './check'
import { Commands } from './commands'
import { asyncDispose } from './dispose'
import type { SandboxError } from './errors'
import { Files } from './files'
import { Git } from './git'
import { KeepAlive } from './keep-alive'
import { checkLifecycle } from './lifecycle'
import { SandboxLifetime } from './lifetime'
import { newNetwork, networkUpdate, type SandboxNetworkUpdate } from './network'
import type {
  SandboxConnectOpts,
  SandboxKeepAliveOpts,
  SandboxMetricsOpts,
  SandboxOpts,
  SandboxPauseOpts,
  SandboxRequestOpts,
  SandboxUrlOpts,
} from './options'
import { Pty } from './pty'
import { SandboxApi } from './sandbox-api'
import { traced } from './traced'

/**
 * A sandbox. It lives until its timeout passes, it has been idle for too long or it is killed,
 * whether or not a program holds it.
 *
 * `await using sandbox = await Sandbox.create()` kills it at the end of the block.
 */
export class Sandbox extends SandboxApi {
  /** The template of sandboxes that are created without one. Default: the provider's. */
  protected static readonly defaultTemplate: string | undefined
  /** Its id. */
  readonly sandboxId: string
  /** The domain of its hosts, where the service steers clients to one. */
  readonly sandboxDomain: string | undefined
  /** The files in it. */
  readonly files: Files
  /** The commands in it. */
  readonly commands: Commands
  /** The terminals in it. */
  readonly pty: Pty
  /** The repositories in it. */
  readonly git: Git
  readonly #native: NativeSandbox

  /** Made by `Sandbox.create` and `Sandbox.connect`. */
  constructor(native: NativeSandbox) {
    super()
    this.sandboxId = native.sandboxId
    this.sandboxDomain = native.sandboxDomain ?? undefined
    this.files = new Files(native.files)
    this.commands = new Commands(native.commands)
    this.pty = new Pty(native.pty)
    this.git = new Git(native.git)
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
    checkLifecycle(opts.lifecycle)
    const template = opts.template ?? this.defaultTemplate
    const network = opts.network && newNetwork(opts.network)
    return new this(await traced(NativeSandbox.create({ ...opts, template, network }, opts)))
  }

  /** Another name for `create`, which has all its options. */
  static betaCreate<Class extends typeof Sandbox>(
    this: Class,
    opts?: SandboxOpts,
  ): Promise<InstanceType<Class>>
  /** Another name for `create`, which has all its options. */
  static betaCreate<Class extends typeof Sandbox>(
    this: Class,
    template: string,
    opts?: SandboxOpts,
  ): Promise<InstanceType<Class>>
  static async betaCreate(first?: string | SandboxOpts, second?: SandboxOpts): Promise<Sandbox> {
    return typeof first === 'string' ? this.create(first, second) : this.create(first)
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

  /**
   * Pauses it: it stops running until `connect` resumes it. False when it was paused already.
   *
   * @throws {SandboxNotFoundError} when it is gone.
   */
  async pause(
    opts: Pick<SandboxPauseOpts, 'keepMemory' | 'requestTimeoutMs'> = {},
  ): Promise<boolean> {
    checkOptions(opts)
    return traced(this.#native.pause(opts.keepMemory, opts.requestTimeoutMs))
  }

  /** @deprecated It is `pause` now. */
  async betaPause(
    opts: Pick<SandboxPauseOpts, 'keepMemory' | 'requestTimeoutMs'> = {},
  ): Promise<boolean> {
    return this.pause(opts)
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

  /** What ends it, and when. */
  async getLifetime(opts: SandboxRequestOpts = {}): Promise<SandboxLifetime> {
    checkOptions(opts)
    return new SandboxLifetime(await traced(this.#native.getLifetime(opts.requestTimeoutMs)))
  }

  /**
   * Keeps it alive, and from being idle, until the answer is stopped: its end is extended, never
   * shortened, again and again.
   *
   * `await using keep = await sandbox.keepAlive()` stops it at the end of the block.
   *
   * @throws {SandboxNotFoundError} when it ended already, or is paused.
   */
  async keepAlive(opts: SandboxKeepAliveOpts = {}): Promise<KeepAlive> {
    checkOptions(opts)
    return new KeepAlive(await traced(this.#native.keepAlive(opts.extendByMs)))
  }

  /**
   * Waits until it ends or is paused, and tells why. This does not count as a use of it.
   *
   * @throws {SandboxNotFoundError} when it is gone, and nothing is known of its end.
   */
  async waitUntilEnded(opts: SandboxRequestOpts = {}): Promise<EndReason> {
    checkOptions(opts)
    return traced(this.#native.waitUntilEnded(opts.requestTimeoutMs))
  }

  /**
   * Calls a function once the sandbox ended or was paused, with the reason; without one, and with
   * the error, where it cannot be told. What the function throws is an uncaught exception.
   *
   * Unlike `waitUntilEnded`, this does not keep a finished script alive.
   *
   * @returns a function that cancels it.
   */
  onEnd(callback: (reason: EndReason | undefined, error?: SandboxError) => void): () => void {
    check('callback', callback, 'function')
    let isCancelled = false
    const watch = this.#native.onEnd((reason, error) => {
      // What the function throws must not reach the native half.
      queueMicrotask(() => {
        if (!isCancelled) callback(reason ?? undefined, error ?? undefined)
      })
    })
    return () => {
      isCancelled = true
      watch.cancel()
    }
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

  /**
   * A URL that a file can be written to by a POST with a form, also by who has nothing else. Without
   * a path, the form names it.
   *
   * @throws {InvalidArgumentError} when it is to expire and the sandbox asks for no token.
   */
  async uploadUrl(path?: string, opts: SandboxUrlOpts = {}): Promise<string> {
    if (path !== undefined) check('path', path, 'text')
    checkOptions(opts)
    return this.#native.uploadUrl(path, opts.user, opts.useSignatureExpiration)
  }

  /**
   * A URL that a file can be read from, also by who has nothing else.
   *
   * @throws {InvalidArgumentError} when it is to expire and the sandbox asks for no token.
   */
  async downloadUrl(path: string, opts: SandboxUrlOpts = {}): Promise<string> {
    check('path', path, 'text')
    checkOptions(opts)
    return this.#native.downloadUrl(path, opts.user, opts.useSignatureExpiration)
  }

  /** What it used, in the order of time. */
  async getMetrics(
    opts: Pick<SandboxMetricsOpts, 'start' | 'end' | 'requestTimeoutMs'> = {},
  ): Promise<SandboxMetrics[]> {
    checkOptions(opts)
    return traced(this.#native.getMetrics(opts, opts.requestTimeoutMs))
  }

  /** Replaces what it may reach: what is not mentioned is as if never asked for. */
  async updateNetwork(network: SandboxNetworkUpdate, opts: SandboxRequestOpts = {}): Promise<void> {
    checkOptions(opts)
    await traced(this.#native.updateNetwork(networkUpdate(network), opts.requestTimeoutMs))
  }

  /** Kills it, at the end of an `await using` block. */
  async [asyncDispose](): Promise<void> {
    await this.kill()
  }
}
