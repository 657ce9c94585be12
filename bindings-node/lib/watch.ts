import type { Watch } from '../native.js'
import type { FilesystemEvent } from './entry'
import { traced } from './traced'

/** What a watch calls. */
export interface WatchCallbacks {
  /** Gets each event, the next one once it has returned. What it throws ends the watch. */
  onEvent: (event: FilesystemEvent) => void | Promise<void>
  /** Is called once the watch is over, with the error that ended it, if one did. */
  onExit?: (error?: Error) => void | Promise<void>
}

/** A directory that is being watched, until it is stopped or its time is over. */
export class WatchHandle {
  readonly #native: Watch
  readonly #callbacks: WatchCallbacks

  /** Made by `files.watchDir`. */
  constructor(native: Watch, callbacks: WatchCallbacks) {
    this.#native = native
    this.#callbacks = callbacks
    void this.#run()
  }

  /** Stops watching. To stop again does nothing. */
  async stop(): Promise<void> {
    this.#native.stop()
  }

  async #run(): Promise<void> {
    let error: Error | undefined
    try {
      await this.#deliver()
    } catch (thrown) {
      error = thrown as Error
    }
    this.#native.stop()
    try {
      await this.#callbacks.onExit?.(error)
    } catch {
      // Nobody is left who could be told.
    }
  }

  async #deliver(): Promise<void> {
    for (;;) {
      const event = await traced(this.#native.next())
      if (!event) return
      await this.#callbacks.onEvent(event)
    }
  }
}
