import type {
  CommandHandle as NativeCommandHandle,
  CommandResult,
  OutputStream,
} from '../native.js'
import { check } from './check'
import { traced } from './traced'

/** Functions that get the output of a command piece by piece. */
export interface OutputCallbacks {
  /** Gets each piece of the standard output. What it throws ends the call. */
  onStdout?: (text: string) => void | Promise<void>
  /** Gets each piece of the standard error. What it throws ends the call. */
  onStderr?: (text: string) => void | Promise<void>
}

type Piece = string | Uint8Array
type Callback = (piece: never) => void | Promise<void>

/** Hands a process's output to the callbacks of one caller, and keeps what they throw. */
export class Listener {
  readonly #callbacks: Record<OutputStream, Callback | undefined>
  #open = true
  #thrown?: { error: unknown }

  constructor({ onStdout, onStderr, onPty }: OutputCallbacks & { onPty?: Callback }) {
    this.#callbacks = { stdout: onStdout, stderr: onStderr, pty: onPty }
  }

  /** Takes a piece; false when no more are wanted. Absent where there is nobody to hand it to. */
  get take(): ((stream: OutputStream, piece: Piece) => Promise<boolean>) | undefined {
    const isHeard = Object.values(this.#callbacks).some((callback) => callback !== undefined)
    return isHeard ? (stream, piece) => this.#hand(stream, piece) : undefined
  }

  async #hand(stream: OutputStream, piece: Piece): Promise<boolean> {
    try {
      // The native half sends each stream in the form that its callback takes.
      if (this.#open) await this.#callbacks[stream]?.(piece as never)
    } catch (error) {
      this.#thrown = { error }
      this.#open = false
    }
    return this.#open
  }

  /** Hands out no more. */
  close(): void {
    this.#open = false
  }

  /** Throws what a callback threw. */
  rethrow(): void {
    if (this.#thrown) throw this.#thrown.error
  }
}

/**
 * A running command or terminal. What a command writes is kept from its start on, unless
 * `retainOutput` is false; what a terminal shows is not.
 */
export class CommandHandle {
  /** Its process id in the sandbox. */
  readonly pid: number
  readonly #native: NativeCommandHandle
  readonly #listener: Listener

  /** Made by `commands.run` and `commands.connect`, and those of terminals. */
  constructor(native: NativeCommandHandle, listener: Listener) {
    this.pid = native.pid
    this.#native = native
    this.#listener = listener
  }

  /** Its exit code, once it ended; -1 when a signal ended it. */
  get exitCode(): number | undefined {
    return this.#native.exitCode ?? undefined
  }

  /** How it ended, in words, once it ended with another exit code than 0. */
  get error(): string | undefined {
    return this.#native.error ?? undefined
  }

  /** Its standard output so far. */
  get stdout(): string {
    return this.#native.stdout
  }

  /** Its standard error so far. */
  get stderr(): string {
    return this.#native.stderr
  }

  /**
   * Waits for its end.
   *
   * @throws {CommandExitError} when its exit code is not 0.
   * @throws {TimeoutError} when it ran for longer than it may.
   */
  async wait(): Promise<CommandResult> {
    const result = traced(this.#native.wait())
    const rethrow = () => this.#listener.rethrow()
    await result.then(rethrow, rethrow)
    return result
  }

  /** Kills it; false when it had ended. */
  async kill(): Promise<boolean> {
    return traced(this.#native.kill())
  }

  /** Stops following it: no callback is called any more. The command goes on. */
  async disconnect(): Promise<void> {
    this.#listener.close()
    this.#native.disconnect()
  }

  /** Writes to its input, which it has when it was started with `stdin: true`. */
  async sendStdin(data: string | Uint8Array): Promise<void> {
    check('data', data, 'bytes')
    await traced(this.#native.sendStdin(data))
  }

  /** Closes its input, so that it reads end of file. */
  async closeStdin(): Promise<void> {
    await traced(this.#native.closeStdin())
  }
}
