import { inspect } from 'node:util'

import type { SandboxLifecycle, SandboxQuery, TimeoutAction } from '../native.js'
import type { CreateCodeContextOpts, RunCodeOpts } from './code-sandbox'
import type { CommandStartOpts } from './commands'
import { InvalidArgumentError } from './errors'
import type { FilesystemListOpts, FilesystemWriteOpts, ReadOpts, WatchOpts } from './files'
import type {
  SandboxKeepAliveOpts,
  SandboxListOpts,
  SandboxMetricsOpts,
  SandboxOpts,
  SandboxPauseOpts,
  SandboxUrlOpts,
} from './options'
import type { PtyCreateOpts } from './pty'

type Options = SandboxOpts &
  SandboxListOpts &
  SandboxMetricsOpts &
  SandboxPauseOpts &
  SandboxKeepAliveOpts &
  SandboxUrlOpts &
  CommandStartOpts &
  RunCodeOpts &
  CreateCodeContextOpts & { context?: object } &
  FilesystemListOpts &
  FilesystemWriteOpts &
  ReadOpts &
  WatchOpts &
  PtyCreateOpts

const KINDS = {
  action: ["'pause', 'kill' or an object", (value) => isText(value) || isObject(value)],
  bytes: ['a string or a Uint8Array', (value) => isText(value) || value instanceof Uint8Array],
  context: ['a context or its id', (value) => isText(value) || isObject(value)],
  count: ['a whole number', isCount],
  counts: ['an array of whole numbers', (value) => Array.isArray(value) && value.every(isCount)],
  date: ['a valid Date', (value) => value instanceof Date && !Number.isNaN(value.getTime())],
  flag: ['true or false', (value) => typeof value === 'boolean'],
  function: ['a function', (value) => typeof value === 'function'],
  integer: ['a whole number', (value) => Number.isSafeInteger(value)],
  list: ['an array', (value) => Array.isArray(value)],
  milliseconds: ['a number of milliseconds', (value) => typeof value === 'number'],
  object: ['an object', isObject],
  objectOrMap: ['an object or a Map', (value) => isObject(value) || value instanceof Map],
  port: ['a whole number from 0 to 65535', (value) => isWhole(value, 65535)],
  seconds: ['a number of seconds', (value) => typeof value === 'number'],
  selector: ['an array of strings or a function', isSelector],
  text: ['a string', isText],
  texts: ['an array of strings', isTexts],
  textsByName: ['an object of strings', isObject],
} satisfies Record<string, [expected: string, fits: (value: unknown) => boolean]>

type Kind = keyof typeof KINDS

/** What each of some options must be. */
export type Kinds<Fields> = Readonly<Record<keyof Fields, Kind>>

/** What each option must be, in whichever call it stands. The core checks what it may be. */
const OPTIONS: Kinds<Options> = {
  allowNetworkMounts: 'flag',
  allowInternetAccess: 'flag',
  apiKey: 'text',
  apiUrl: 'text',
  autoPause: 'flag',
  background: 'flag',
  cols: 'count',
  context: 'object',
  cwd: 'text',
  depth: 'integer',
  domain: 'text',
  end: 'date',
  envs: 'textsByName',
  extendByMs: 'milliseconds',
  format: 'text',
  gzip: 'flag',
  headers: 'textsByName',
  idempotencyKey: 'text',
  idleCountsProcesses: 'flag',
  idleTimeoutMs: 'milliseconds',
  includeEntry: 'flag',
  keepMemory: 'flag',
  language: 'text',
  lifecycle: 'object',
  limit: 'count',
  metadata: 'textsByName',
  network: 'object',
  nextToken: 'text',
  onData: 'function',
  onError: 'function',
  onExit: 'function',
  onResult: 'function',
  onStderr: 'function',
  onStdout: 'function',
  order: 'text',
  provider: 'text',
  proxy: 'text',
  query: 'object',
  recursive: 'flag',
  requestTimeoutMs: 'milliseconds',
  retainOutput: 'flag',
  rows: 'count',
  sandboxUrl: 'text',
  secure: 'flag',
  start: 'date',
  stdin: 'flag',
  streamIdleTimeoutMs: 'milliseconds',
  template: 'text',
  timeoutMs: 'milliseconds',
  useOctetStream: 'flag',
  useSignatureExpiration: 'seconds',
  user: 'text',
}

/** What must be in the options that are objects of options themselves. */
const INSIDE: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  lifecycle: { autoResume: 'flag', onTimeout: 'action' } satisfies Kinds<SandboxLifecycle>,
  onTimeout: { action: 'text', keepMemory: 'flag' } satisfies Kinds<TimeoutAction>,
  query: {
    metadata: 'textsByName',
    startedAfter: 'date',
    state: 'texts',
    template: 'text',
  } satisfies Kinds<SandboxQuery>,
}

/**
 * Checks that a value is of the kind that the native half can convert.
 *
 * @throws {InvalidArgumentError} that names the argument and the value.
 */
export function check(name: string, value: unknown, kind: Kind): void {
  const [expected, fits] = KINDS[kind]
  if (!fits(value)) throw wrong(`${name} must be ${expected}, got ${described(value)}`)
  if (kind !== 'textsByName') return
  for (const [key, text] of Object.entries(value as object)) check(`${name}.${key}`, text, 'text')
}

/**
 * Checks all options of a call. What is undefined counts as not given.
 *
 * @throws {InvalidArgumentError} that names the option and the value.
 */
export function checkOptions(options: object): void {
  check('options', options, 'object')
  checkFields(options, OPTIONS, '')
}

/**
 * Checks all fields of an object of options, which stands at a path such as `query.`.
 *
 * @throws {InvalidArgumentError} that names the option and the value.
 */
export function checkFields(
  fields: object,
  kinds: Readonly<Record<string, Kind>>,
  path: string,
): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    const place = `${path}${name}`
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
    if (kind === undefined) throw wrong(`there is no option ${place}`)
    check(place, value, kind)
    const inside = INSIDE[name]
    if (inside && isObject(value)) checkFields(value, inside, `${place}.`)
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText)
}

function isSelector(value: unknown): boolean {
  return isTexts(value) || typeof value === 'function'
}

/** An object, and not a list, a map or the like, whose items would go unnoticed. */
function isObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]'
}

function isCount(value: unknown): boolean {
  return isWhole(value, 2 ** 32 - 1)
}

function isWhole(value: unknown, largest: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= largest
}

/** The error of a wrong argument. */
export function wrong(message: string): InvalidArgumentError {
  return new InvalidArgumentError(message, { code: 'INVALID_ARGUMENT' })
}

/** Objects by their class alone: what they hold may be secret. */
function described(value: unknown): string {
  const isPrimitive = Object(value) !== value
  return isPrimitive ? inspect(value) : ((value as object).constructor?.name ?? 'Object')
}
