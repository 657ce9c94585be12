import type { KeepAlive as NativeKeepAlive } from '../native.js'
import { asyncDispose } from './dispose'
import type { SandboxError } from './errors'
import { traced } from './traced'

/** Those that run. One that nobody holds would end when memory happens to be freed. */
const running = new Set<KeepAlive>()

/**
 * Keeps a sandbox alive, and from being idle, until it is stopped: `await using` does so at the end
 * of the block. It does not keep a finished script alive.
 *
 * It cannot do so beyond what the service allows; it then says so, here and once on standard error.
 */
export class KeepAlive {
  readonly #native: NativeKeepAlive

  /** Made by `sandbox.keepAlive`. */
  constructor(native: NativeKeepAlive) {
    this.#native = native
    for (const other of running) if (!other.isRunning) running.delete(other)
    running.add(this)
  }

  /** Whether it still extends: it was not stopped and did not have to give up. */
  get isRunning(): boolean {
    return this.#native.isRunning
  }

  /** When the sandbox ends all the same, once the service extends no further. */
  get limitedUntil(): Date | undefined {
    return this.#native.limitedUntil ?? undefined
  }

  /** Why it had to give up, if it had to. */
  get failure(): SandboxError | undefined {
    return this.#native.failure ?? undefined
  }

  /**
   * Stops, and resolves once no more is asked of the service. The sandbox lives on as long as it
   * was last extended. To stop again does nothing.
   */
  async stop(): Promise<void> {
    running.delete(this)
    await traced(this.#native.stop())
  }

  /** Stops, at the end of an `await using` block. */
  async [asyncDispose](): Promise<void> {
    await this.stop()
  }
}
