import { inspect } from 'node:util'

import { InvalidArgumentError } from './errors'
import type { CommandStartOpts } from './commands'
import type { SandboxListOpts, SandboxOpts, SandboxQuery } from './sandbox'

type Options = SandboxOpts & SandboxListOpts & SandboxQuery & CommandStartOpts

const KINDS = {
  bytes: ['a string or a Uint8Array', (value) => isText(value) || value instanceof Uint8Array],
  count: ['a whole number', (value) => isWhole(value, 2 ** 32 - 1)],
  date: ['a valid Date', (value) => value instanceof Date && !Number.isNaN(value.getTime())],
  flag: ['true or false', (value) => typeof value === 'boolean'],
  function: ['a function', (value) => typeof value === 'function'],
  milliseconds: ['a number of milliseconds', (value) => typeof value === 'number'],
  object: ['an object', isObject],
  port: ['a whole number from 0 to 65535', (value) => isWhole(value, 65535)],
  text: ['a string', isText],
  texts: ['an array of strings', (value) => Array.isArray(value) && value.every(isText)],
  textsByName: ['an object of strings', isObject],
} satisfies Record<string, [expected: string, fits: (value: unknown) => boolean]>

type Kind = keyof typeof KINDS

/** What each option must be, in whichever call it stands. The core checks what it may be. */
const OPTIONS: Readonly<Record<keyof Options, Kind>> = {
  allowInternetAccess: 'flag',
  apiKey: 'text',
  apiUrl: 'text',
  background: 'flag',
  cwd: 'text',
  domain: 'text',
  envs: 'textsByName',
  headers: 'textsByName',
  idempotencyKey: 'text',
  limit: 'count',
  metadata: 'textsByName',
  nextToken: 'text',
  onStderr: 'function',
  onStdout: 'function',
  order: 'text',
  provider: 'text',
  proxy: 'text',
  query: 'object',
  requestTimeoutMs: 'milliseconds',
  sandboxUrl: 'text',
  secure: 'flag',
  startedAfter: 'date',
  state: 'texts',
  stdin: 'flag',
  template: 'text',
  timeoutMs: 'milliseconds',
  user: 'text',
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
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (!Object.hasOwn(OPTIONS, name)) throw wrong(`there is no option ${name}`)
    check(name, value, OPTIONS[name as keyof Options])
    if (name === 'query') checkOptions(value)
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Not a list, a map or the like, whose items would go unnoticed. */
function isObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]'
}

function isWhole(value: unknown, largest: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= largest
}

function wrong(message: string): InvalidArgumentError {
  return new InvalidArgumentError(message, { code: 'INVALID_ARGUMENT' })
}

/** Objects by their class alone: what they hold may be secret. */
function described(value: unknown): string {
  const isPrimitive = Object(value) !== value
  return isPrimitive ? inspect(value) : ((value as object).constructor?.name ?? 'Object')
}
