import { FileFeed, type FileWriteEntry } from '../native.js'
import { wrong } from './check'
import { traced } from './traced'

/** What a file is to contain. Streams and blobs are read piece by piece while they are sent. */
export type FileData =
  | string
  | ArrayBuffer
  | Uint8Array
  | Blob
  | ReadableStream
  | AsyncIterable<string | ArrayBuffer | Uint8Array>

/** A file to write. */
export interface WriteEntry {
  /** Its path. */
  path: string
  /** What it is to contain. */
  data: FileData
}

type Bytes = string | Uint8Array

/**
 * Writes files by a native call, and reads those of their contents that are streams meanwhile. When
 * the call fails, the streams are cancelled; when a stream fails, so does the call, with the
 * stream's error.
 */
export async function writing<Result>(
  files: WriteEntry[],
  write: (entries: FileWriteEntry[]) => Promise<Result>,
): Promise<Result> {
  const sources: Source[] = []
  const entries = files.map(({ path, data }, position): FileWriteEntry => {
    const content = bytes(data)
    if (content !== undefined) return { path, data: content }
    const source = new Source(stream(data, position))
    sources.push(source)
    return { path, data: source.feed }
  })
  const result = traced(write(entries))
  for (const source of sources) void source.send()
  try {
    return await result
  } catch (error) {
    const failed = sources.find(({ failure }) => failure)
    for (const source of sources) source.cancel(error)
    throw failed?.failure ? failed.failure.error : error
  }
}

/** What is there as a whole already, without copying it. */
function bytes(data: unknown): Bytes | undefined {
  if (typeof data === 'string') return data
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (!ArrayBuffer.isView(data)) return undefined
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function stream(data: FileData, position: number): AsyncIterator<unknown> {
  if (data instanceof Blob) return readable(data.stream())
  if (data instanceof ReadableStream) return readable(data)
  const iterate = (data as Partial<AsyncIterable<unknown>> | null | undefined)?.[
    Symbol.asyncIterator
  ]
  if (typeof iterate === 'function') return iterate.call(data)
  throw wrong(
    `the data of file ${position + 1} must be a string, an ArrayBuffer, a Uint8Array, a Blob, ` +
      'a ReadableStream or an async iterable of pieces',
  )
}

/** Unlike a stream's own iterator, this one can be ended while it waits for the next piece. */
function readable(data: ReadableStream): AsyncIterator<unknown> {
  const reader = data.getReader()
  return {
    next: async () => {
      const { done, value } = await reader.read()
      return done ? { done, value: undefined } : { done, value }
    },
    return: async (reason?: unknown) => {
      await reader.cancel(reason)
      return { done: true, value: undefined }
    },
  }
}

/** A stream that is being sent. */
class Source {
  readonly feed = new FileFeed()
  /** What the stream threw, if it did. */
  failure?: { error: unknown }
  readonly #pieces: AsyncIterator<unknown>

  constructor(pieces: AsyncIterator<unknown>) {
    this.#pieces = pieces
  }

  /** Hands the pieces over, no faster than they are sent. */
  async send(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#pieces.next()
        if (done) break
        if (!(await this.feed.push(piece(value)))) return this.cancel()
      }
      this.feed.end()
    } catch (error) {
      this.failure = { error }
      await this.feed.fail(String(error))
    }
  }

  /** Ends the reading, in the middle of it too. The error of the call is what counts then. */
  cancel(reason?: unknown): void {
    this.feed.end()
    Promise.resolve(this.#pieces.return?.(reason)).catch(() => undefined)
  }
}

function piece(value: unknown): Bytes {
  const content = bytes(value)
  if (content !== undefined) return content
  throw wrong('each piece of a stream must be a string, an ArrayBuffer or a Uint8Array')
}
