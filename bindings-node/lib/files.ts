import type {
  FileListOptions,
  FileOptions,
  FileReadOptions,
  FileWriteOptions,
  Files as NativeFiles,
  WatchOptions,
  WriteInfo,
} from '../native.js'
import { check, checkOptions, wrong } from './check'
import type { EntryInfo, FilesystemEvent } from './entry'
import { type FileData, type WriteEntry, writing } from './file-content'
import { downloaded } from './file-stream'
import { traced } from './traced'
import { type WatchCallbacks, WatchHandle } from './watch'

/** How to do something with a file. */
export type FilesystemRequestOpts = FileOptions

/** How to list a directory. */
export type FilesystemListOpts = FileListOptions

/** How to read a file. */
export type FilesystemReadOpts = FileReadOptions

/** How to write files. */
export type FilesystemWriteOpts = FileWriteOptions

/** How to watch a directory. */
export type WatchOpts = WatchOptions & Pick<WatchCallbacks, 'onExit'>

/** How to read a file, and what as. */
export type ReadOpts = FilesystemReadOpts & {
  /** What to read it as. Default: `text`. */
  format?: 'text' | 'bytes' | 'blob' | 'stream'
}

/** The files in a sandbox. Relative paths start at the user's home, as does `~`. */
export class Files {
  readonly #native: NativeFiles

  /** Made with its sandbox. */
  constructor(native: NativeFiles) {
    this.#native = native
  }

  /**
   * Reads a file as text. What is not UTF-8 in it becomes U+FFFD.
   *
   * @throws {FileNotFoundError} when there is none.
   */
  read(path: string, opts?: FilesystemReadOpts & { format?: 'text' }): Promise<string>
  /** Reads a file as bytes. */
  read(path: string, opts: FilesystemReadOpts & { format: 'bytes' }): Promise<Uint8Array>
  /** Reads a file as a blob. */
  read(path: string, opts: FilesystemReadOpts & { format: 'blob' }): Promise<Blob>
  /**
   * Reads a file as a stream, whose pieces are fetched when they are asked for. To cancel it ends
   * the transfer.
   */
  read(
    path: string,
    opts: FilesystemReadOpts & { format: 'stream' },
  ): Promise<ReadableStream<Uint8Array>>
  async read(
    path: string,
    opts: ReadOpts = {},
  ): Promise<string | Uint8Array | Blob | ReadableStream<Uint8Array>> {
    check('path', path, 'text')
    checkOptions(opts)
    const { format = 'text' } = opts
    switch (format) {
      case 'text':
        return traced(this.#native.readText(path, opts))
      case 'bytes':
        return traced(this.#native.readBytes(path, opts))
      case 'blob':
        return new Blob([await traced(this.#native.readBytes(path, opts))])
      case 'stream':
        return downloaded(await traced(this.#native.readStream(path, opts)))
      default:
        throw wrong(`format must be one of: text, bytes, blob, stream (got '${String(format)}').`)
    }
  }

  /**
   * Writes a file, and makes the directories above it. Its content is there as a whole or, when the
   * writing fails, not at all.
   *
   * @throws {NotEnoughSpaceError} when the sandbox's disk is full.
   */
  write(path: string, data: FileData, opts?: FilesystemWriteOpts): Promise<WriteInfo>
  /** Writes files, as `writeFiles` does. */
  write(files: WriteEntry[], opts?: FilesystemWriteOpts): Promise<WriteInfo[]>
  async write(
    first: string | WriteEntry[],
    second?: FileData | FilesystemWriteOpts,
    third?: FilesystemWriteOpts,
  ): Promise<WriteInfo | WriteInfo[]> {
    if (Array.isArray(first)) return this.writeFiles(first, second as FilesystemWriteOpts)
    const file = { path: first, data: second as FileData }
    const [written] = await this.writeFiles([file], third)
    return written as WriteInfo
  }

  /** Writes files, and makes the directories above them. */
  async writeFiles(files: WriteEntry[], opts: FilesystemWriteOpts = {}): Promise<WriteInfo[]> {
    check('files', files, 'list')
    for (const file of files) {
      check('file', file, 'object')
      check('path', file.path, 'text')
    }
    checkOptions(opts)
    return writing(files, (entries) => this.#native.write(entries, opts))
  }

  /**
   * Lists a directory.
   *
   * @throws {FileNotFoundError} when there is none.
   */
  async list(path: string, opts: FilesystemListOpts = {}): Promise<EntryInfo[]> {
    check('path', path, 'text')
    checkOptions(opts)
    return traced(this.#native.list(path, opts))
  }

  /** Whether there is something at a path. */
  async exists(path: string, opts: FilesystemRequestOpts = {}): Promise<boolean> {
    check('path', path, 'text')
    checkOptions(opts)
    return traced(this.#native.exists(path, opts))
  }

  /**
   * What is at a path.
   *
   * @throws {FileNotFoundError} when there is nothing.
   */
  async getInfo(path: string, opts: FilesystemRequestOpts = {}): Promise<EntryInfo> {
    check('path', path, 'text')
    checkOptions(opts)
    return traced(this.#native.getInfo(path, opts))
  }

  /** Removes what is at a path, and all that is in it. Nothing there is no error. */
  async remove(path: string, opts: FilesystemRequestOpts = {}): Promise<void> {
    check('path', path, 'text')
    checkOptions(opts)
    await traced(this.#native.remove(path, opts))
  }

  /**
   * Moves what is at a path to another one.
   *
   * @throws {FileNotFoundError} when there is nothing.
   */
  async rename(
    oldPath: string,
    newPath: string,
    opts: FilesystemRequestOpts = {},
  ): Promise<EntryInfo> {
    check('oldPath', oldPath, 'text')
    check('newPath', newPath, 'text')
    checkOptions(opts)
    return traced(this.#native.rename(oldPath, newPath, opts))
  }

  /** Makes a directory, and those above it; false when there was one. */
  async makeDir(path: string, opts: FilesystemRequestOpts = {}): Promise<boolean> {
    check('path', path, 'text')
    checkOptions(opts)
    return traced(this.#native.makeDir(path, opts))
  }

  /**
   * Watches a directory, and resolves once it does. It keeps a script alive until it is over.
   *
   * @throws {FileNotFoundError} when there is none.
   * @throws {InvalidArgumentError} when it is no directory.
   */
  async watchDir(
    path: string,
    onEvent: (event: FilesystemEvent) => void | Promise<void>,
    opts: WatchOpts = {},
  ): Promise<WatchHandle> {
    check('path', path, 'text')
    check('onEvent', onEvent, 'function')
    checkOptions(opts)
    const watch = await traced(this.#native.watchDir(path, opts))
    return new WatchHandle(watch, { onEvent, onExit: opts.onExit })
  }
}
