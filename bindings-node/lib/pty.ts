import type { Pty as NativePty, PtyOptions, PtySize } from '../native.js'
import { check, checkOptions } from './check'
import { CommandHandle, Listener } from './command-handle'
import type { CommandRequestOpts } from './commands'
import { CommandInputHandle, type StreamInputOpts } from './input'
import { traced } from './traced'

/** How to start a terminal. */
export interface PtyCreateOpts extends PtyOptions, PtySize {
  /** Gets what the terminal shows, piece by piece. What it throws ends the call. */
  onData: (data: Uint8Array) => void | Promise<void>
}

/** How to follow a terminal. */
export type PtyConnectOpts = Pick<PtyOptions, 'timeoutMs' | 'requestTimeoutMs'> & {
  /** Gets what the terminal shows from now on, which is thrown away without it. */
  onData?: (data: Uint8Array) => void | Promise<void>
}

/** The terminals in a sandbox. */
export class Pty {
  readonly #native: NativePty

  /** Made with its sandbox. */
  constructor(native: NativePty) {
    this.#native = native
  }

  /**
   * Starts a terminal with a login shell, and resolves once it runs.
   *
   * What it shows is not kept: as long as `onData` has not returned, no more than 1 MiB is taken
   * from it, and then it waits.
   *
   * @throws {InvalidArgumentError} when it would have no rows or no columns.
   */
  async create(opts: PtyCreateOpts): Promise<CommandHandle> {
    checkOptions(opts)
    checkSize(opts)
    check('onData', opts.onData, 'function')
    const listener = new Listener({ onPty: opts.onData })
    const handle = await traced(this.#native.create(opts, opts, listener.take))
    return new CommandHandle(handle, listener)
  }

  /**
   * Follows a terminal that runs already.
   *
   * @throws {NotFoundError} when there is no such terminal.
   */
  async connect(pid: number, opts: PtyConnectOpts = {}): Promise<CommandHandle> {
    check('pid', pid, 'count')
    checkOptions(opts)
    const listener = new Listener({ onPty: opts.onData ?? ignore })
    const handle = await traced(this.#native.connect(pid, opts, listener.take))
    return new CommandHandle(handle, listener)
  }

  /** Writes to a terminal, as if it were typed. */
  async sendInput(
    pid: number,
    data: string | Uint8Array,
    opts: CommandRequestOpts = {},
  ): Promise<void> {
    check('pid', pid, 'count')
    check('data', data, 'bytes')
    checkOptions(opts)
    await traced(this.#native.sendInput(pid, data, opts.requestTimeoutMs))
  }

  /**
   * Opens a way into a terminal, by which input arrives in order.
   *
   * `await using input = await sandbox.pty.streamInput(pid)` closes it at the end of the block.
   */
  async streamInput(pid: number, opts: StreamInputOpts = {}): Promise<CommandInputHandle> {
    check('pid', pid, 'count')
    checkOptions(opts)
    const { timeoutMs, requestTimeoutMs } = opts
    const input = this.#native.streamInput(pid, timeoutMs, requestTimeoutMs)
    return new CommandInputHandle(await traced(input))
  }

  /**
   * Changes a terminal's size.
   *
   * @throws {InvalidArgumentError} when it would have no rows or no columns.
   */
  async resize(pid: number, size: PtySize, opts: CommandRequestOpts = {}): Promise<void> {
    check('pid', pid, 'count')
    checkSize(size)
    checkOptions(opts)
    await traced(this.#native.resize(pid, size, opts.requestTimeoutMs))
  }

  /** Kills a terminal; false when there was none. */
  async kill(pid: number, opts: CommandRequestOpts = {}): Promise<boolean> {
    check('pid', pid, 'count')
    checkOptions(opts)
    return traced(this.#native.kill(pid, opts.requestTimeoutMs))
  }
}

/** What nobody takes would make the terminal wait in the end. */
function ignore(): void {}

function checkSize(size: PtySize): void {
  check('size', size, 'object')
  check('cols', size.cols, 'count')
  check('rows', size.rows, 'count')
}
