import type { InputStream, RunOptions } from '../native.js'
import { check } from './check'
import { asyncDispose } from './dispose'
import { traced } from './traced'

/**
 * How to stream input: for how long the way stays open, by default 60000 milliseconds and with 0
 * without limit, and how long its end may take.
 */
export type StreamInputOpts = Pick<RunOptions, 'timeoutMs' | 'requestTimeoutMs'>

/** An open way into a process, by which input arrives in the order in which it was sent. */
export class CommandInputHandle {
  /** The process id of what it leads to. */
  readonly pid: number
  readonly #native: InputStream

  /** Made by `commands.streamInput` and `pty.streamInput`. */
  constructor(native: InputStream) {
    this.pid = native.pid
    this.#native = native
  }

  /**
   * Sends input, and waits only while much that was sent before is still to be delivered.
   *
   * @throws {NotFoundError} when there is no such process.
   * @throws {TimeoutError} when the way was open for longer than it may.
   */
  async send(data: string | Uint8Array): Promise<void> {
    check('data', data, 'bytes')
    await traced(this.#native.send(data))
  }

  /**
   * Ends the stream, and waits until all of it has arrived. A command sees the end of its input
   * after `commands.closeStdin`.
   */
  async close(): Promise<void> {
    await traced(this.#native.close())
  }

  /** Ends the stream, at the end of an `await using` block. */
  async [asyncDispose](): Promise<void> {
    await this.close()
  }
}
