import type {
  CommandResult,
  Commands as NativeCommands,
  ProcessInfo,
  RunOptions,
} from '../native.js'
import { check, checkOptions } from './check'
import { CommandHandle, Listener, type OutputCallbacks } from './command-handle'
import { CommandInputHandle, type StreamInputOpts } from './input'
import { traced } from './traced'

/** Options of a request to a sandbox. */
export type CommandRequestOpts = Pick<RunOptions, 'requestTimeoutMs'>

/** How to run a command. */
export interface CommandStartOpts extends RunOptions, OutputCallbacks {
  /** Whether to resolve with a handle once it runs, rather than with its result. Default: false. */
  background?: boolean
}

/** How to follow a command. */
export type CommandConnectOpts = Pick<
  RunOptions,
  'timeoutMs' | 'requestTimeoutMs' | 'retainOutput'
> &
  OutputCallbacks

/** The commands in a sandbox. */
export class Commands {
  readonly #native: NativeCommands

  /** Made with its sandbox. */
  constructor(native: NativeCommands) {
    this.#native = native
  }

  /**
   * Runs a command in a login shell.
   *
   * @throws {CommandExitError} when its exit code is not 0.
   * @throws {TimeoutError} when it ran for longer than it may.
   */
  run(cmd: string, opts?: CommandStartOpts & { background?: false }): Promise<CommandResult>
  /** Starts a command in a login shell, and resolves once it runs. */
  run(cmd: string, opts: CommandStartOpts & { background: true }): Promise<CommandHandle>
  /** Runs or starts a command in a login shell. */
  run(cmd: string, opts?: CommandStartOpts): Promise<CommandResult | CommandHandle>
  async run(cmd: string, opts: CommandStartOpts = {}): Promise<CommandResult | CommandHandle> {
    check('cmd', cmd, 'text')
    checkOptions(opts)
    const listener = new Listener(opts)
    // Without a handle in between, a result of many megabytes is never there twice.
    if (!opts.background && !listener.take) return traced(this.#native.run(cmd, opts))
    const handle = await traced(this.#native.start(cmd, opts, listener.take))
    const command = new CommandHandle(handle, listener)
    return opts.background ? command : command.wait()
  }

  /**
   * Follows a command that runs already.
   *
   * @throws {NotFoundError} when there is no such process.
   */
  async connect(pid: number, opts: CommandConnectOpts = {}): Promise<CommandHandle> {
    check('pid', pid, 'count')
    checkOptions(opts)
    const listener = new Listener(opts)
    const handle = await traced(this.#native.connect(pid, opts, listener.take))
    return new CommandHandle(handle, listener)
  }

  /** The processes that run. */
  async list(opts: CommandRequestOpts = {}): Promise<ProcessInfo[]> {
    checkOptions(opts)
    return traced(this.#native.list(opts.requestTimeoutMs))
  }

  /** Kills a process; false when there was none. */
  async kill(pid: number, opts: CommandRequestOpts = {}): Promise<boolean> {
    check('pid', pid, 'count')
    checkOptions(opts)
    return traced(this.#native.kill(pid, opts.requestTimeoutMs))
  }

  /** Writes to the input of a command that was started with `stdin: true`. */
  async sendStdin(
    pid: number,
    data: string | Uint8Array,
    opts: CommandRequestOpts = {},
  ): Promise<void> {
    check('pid', pid, 'count')
    check('data', data, 'bytes')
    checkOptions(opts)
    await traced(this.#native.sendStdin(pid, data, opts.requestTimeoutMs))
  }

  /**
   * Opens a way into the input of a command that was started with `stdin: true`, by which input
   * arrives in order.
   *
   * `await using input = await sandbox.commands.streamInput(pid)` closes it at the end of the block.
   */
  async streamInput(pid: number, opts: StreamInputOpts = {}): Promise<CommandInputHandle> {
    check('pid', pid, 'count')
    checkOptions(opts)
    const { timeoutMs, requestTimeoutMs } = opts
    const input = this.#native.streamInput(pid, timeoutMs, requestTimeoutMs)
    return new CommandInputHandle(await traced(input))
  }

  /** Closes a command's input, so that it reads end of file. */
  async closeStdin(pid: number, opts: CommandRequestOpts = {}): Promise<void> {
    check('pid', pid, 'count')
    checkOptions(opts)
    await traced(this.#native.closeStdin(pid, opts.requestTimeoutMs))
  }
}
