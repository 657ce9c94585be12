import {
  Sandbox as NativeSandbox,
  type EndReason,
  type SandboxInfo,
  type SandboxMetrics,
} from '../native.js'
import { check, checkOptions } from './check'
import { SandboxLifetime } from './lifetime'
import { networkUpdate, type SandboxNetworkUpdate } from './network'
import type {
  ConnectionOpts,
  SandboxListOpts,
  SandboxMetricsOpts,
  SandboxPauseOpts,
} from './options'
import { SandboxPaginator } from './paginator'
import { traced } from './traced'

/** What can be done with a sandbox by its id. */
export abstract class SandboxApi {
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
   * Pauses a sandbox: it stops running until `connect` resumes it. False when it was paused
   * already.
   *
   * @throws {SandboxNotFoundError} when there is none.
   */
  static async pause(sandboxId: string, opts: SandboxPauseOpts = {}): Promise<boolean> {
    check('sandboxId', sandboxId, 'text')
    checkOptions(opts)
    return traced(NativeSandbox.pause(sandboxId, opts.keepMemory, opts))
  }

  /** @deprecated It is `pause` now. */
  static async betaPause(sandboxId: string, opts: SandboxPauseOpts = {}): Promise<boolean> {
    return this.pause(sandboxId, opts)
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

  /**
   * What ends a sandbox, and when.
   *
   * @throws {SandboxNotFoundError} when there is none.
   */
  static async getLifetime(sandboxId: string, opts: ConnectionOpts = {}): Promise<SandboxLifetime> {
    check('sandboxId', sandboxId, 'text')
    checkOptions(opts)
    return new SandboxLifetime(await traced(NativeSandbox.getLifetime(sandboxId, opts)))
  }

  /**
   * Waits until a sandbox ends or is paused, and tells why. This does not count as a use of it.
   *
   * @throws {SandboxNotFoundError} when there is none, and nothing is known of its end.
   */
  static async waitUntilEnded(sandboxId: string, opts: ConnectionOpts = {}): Promise<EndReason> {
    check('sandboxId', sandboxId, 'text')
    checkOptions(opts)
    return traced(NativeSandbox.waitUntilEnded(sandboxId, opts))
  }

  /**
   * What a sandbox used, in the order of time.
   *
   * @throws {SandboxNotFoundError} when there is none.
   */
  static async getMetrics(
    sandboxId: string,
    opts: SandboxMetricsOpts = {},
  ): Promise<SandboxMetrics[]> {
    check('sandboxId', sandboxId, 'text')
    checkOptions(opts)
    return traced(NativeSandbox.getMetrics(sandboxId, opts, opts))
  }

  /**
   * Replaces what a sandbox may reach: what is not mentioned is as if never asked for.
   *
   * @throws {SandboxNotFoundError} when there is none that runs.
   */
  static async updateNetwork(
    sandboxId: string,
    network: SandboxNetworkUpdate,
    opts: ConnectionOpts = {},
  ): Promise<void> {
    check('sandboxId', sandboxId, 'text')
    checkOptions(opts)
    await traced(NativeSandbox.updateNetwork(sandboxId, networkUpdate(network), opts))
  }
}
