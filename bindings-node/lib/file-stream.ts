import type { FileReader } from '../native.js'
import { traced } from './traced'

/** A file as a stream. It fetches nothing before it is asked to, and no more than that. */
export function downloaded(reader: FileReader): ReadableStream<Uint8Array> {
  const source = {
    async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
      const piece = await traced(reader.next())
      if (piece) controller.enqueue(piece)
      else controller.close()
    },
    cancel() {
      reader.close()
    },
  }
  return new ReadableStream(source, { highWaterMark: 0 })
}
