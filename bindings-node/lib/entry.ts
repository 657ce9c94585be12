import type {
  EntryInfo as NativeEntryInfo,
  FilesystemEvent as NativeFilesystemEvent,
} from '../native.js'

/** What something in a file system is. */
export const FileType = {
  /** A file. */
  FILE: 'file',
  /** A directory. */
  DIR: 'dir',
  /** A link. */
  SYMLINK: 'symlink',
} as const

/** What something in a file system is: `file`, `dir` or `symlink`. */
export type FileType = (typeof FileType)[keyof typeof FileType]

/** What happens in a file system. */
export const FilesystemEventType = {
  /** Permissions or the owner changed. */
  CHMOD: 'chmod',
  /** Something was created. */
  CREATE: 'create',
  /** Something was removed. */
  REMOVE: 'remove',
  /** Something was renamed. */
  RENAME: 'rename',
  /** A file was written to. */
  WRITE: 'write',
} as const

/** What happens in a file system: `chmod`, `create`, `remove`, `rename` or `write`. */
export type FilesystemEventType = (typeof FilesystemEventType)[keyof typeof FilesystemEventType]

/** A file, directory or link in a sandbox. */
export type EntryInfo = NativeEntryInfo

/** Something that happened in a watched directory. */
export type FilesystemEvent = NativeFilesystemEvent
