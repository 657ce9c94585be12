// Runs the shared vectors with the Node package. README.md has the format.
import * as localRuntime from './local_runtime.mjs'

import assert, { AssertionError } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import * as sandspan from '../../bindings-node/dist/index.mjs'

const { Sandbox } = sandspan
const ERRORS = Object.values(sandspan).filter((value) => value.prototype instanceof Error)
const CAPABILITIES = ['untyped_arguments']
// The arguments that stand before the options, in their order.
const POSITIONAL = ['sandbox_id', 'pid', 'cmd', 'port', 'data']
const NAMES = { memory_mb: 'memoryMB', status: 'statusCode' }
// What is in seconds here, and in milliseconds under another name there.
const DURATIONS = ['cap', 'extend_by', 'idle_timeout', 'request_timeout', 'timeout']
// The arguments that are objects of options themselves.
const OPTIONS = ['lifecycle', 'on_timeout', 'query']

const sandboxIds = []
before(() => Sandbox.list().nextItems())
after(async () => assert.deepEqual(await localRuntime.end(sandboxIds), []))

for (const { name, case: vector } of cases('./')) {
  const missing = (vector.requires ?? []).filter((capability) => !CAPABILITIES.includes(capability))
  test(name, { skip: missing.length > 0 && `requires ${missing}` }, () => run(vector))
}
for (const { name, case: vector } of cases('./meta/must_fail/')) {
  test(`must fail: ${name}`, () => assert.rejects(run(vector), AssertionError))
}

function cases(folder) {
  const url = new URL(folder, import.meta.url)
  const files = readdirSync(url).filter((name) => name.endsWith('.json'))
  return files.flatMap((file) =>
    JSON.parse(readFileSync(new URL(file, url), 'utf8')).cases.map((vector) => {
      return { name: `${file.replace('.json', '')}: ${vector.description}`, case: vector }
    }),
  )
}

async function run({ operations }) {
  const saved = { server: localRuntime.server() }
  const created = []
  try {
    for (const operation of operations) {
      const outcome = await perform(operation, saved)
      if (outcome.result instanceof Sandbox) created.push(outcome.result)
      check(operation, outcome, saved)
      if (operation.save_as) saved[operation.save_as] = outcome.result
    }
  } finally {
    sandboxIds.push(...created.map(({ sandboxId }) => sandboxId))
    for (const sandbox of created) await sandbox.kill()
  }
}

/** Does an operation, and gives its result or its error. */
async function perform({ on, call, arguments: given = {} }, saved) {
  let target = on ? saved[on] : Sandbox
  if (!call) return { result: target }
  const path = call.split('.').map(camelCase)
  const method = path.pop()
  for (const name of path) target = target[name]
  try {
    return { result: await target[method](...argumentsOf(call, resolve(given, saved))) }
  } catch (error) {
    if (!ERRORS.some((type) => error instanceof type)) throw error
    return { error }
  }
}

/** Arguments as JavaScript has them: some by position, the rest as options. */
function argumentsOf(call, given) {
  const positional = POSITIONAL.filter((name) => name in given)
  const rest = Object.entries(given).filter(([name]) => !POSITIONAL.includes(name))
  const options = optionsOf(rest)
  const values = positional.map((name) => given[name])
  if (call === 'set_timeout') {
    values.push(options.timeoutMs)
    delete options.timeoutMs
  }
  return [...values, options]
}

/** Options as JavaScript has them, times in milliseconds. */
function optionsOf(entries) {
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (DURATIONS.includes(name)) {
        return [`${camelCase(name)}Ms`, typeof value === 'number' ? value * 1000 : value]
      }
      const isOptions = OPTIONS.includes(name) && Object(value) === value
      return [camelCase(name), isOptions ? optionsOf(Object.entries(value)) : value]
    }),
  )
}

function camelCase(name) {
  return NAMES[name] ?? name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
}

/** Puts in the values that special objects stand for. */
function resolve(value, saved) {
  if (value === null || typeof value !== 'object') return value
  if (value.$saved) {
    const [name, ...fields] = value.$saved.split('.')
    return fields.reduce(field, saved[name])
  }
  if (value.$repeat) return value.$repeat[0].repeat(value.$repeat[1])
  if (value.$number) return Number(value.$number)
  if (Array.isArray(value)) return value.map((item) => resolve(item, saved))
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, saved)]))
}

function check({ call = 'it', expect = { result: {} } }, outcome, saved) {
  const expected = resolve(expect, saved)
  assert.deepEqual(Object.keys(outcome), Object.keys(expected), outcome.error?.message)
  compare(expected, outcome, call)
}

function compare(expected, actual, where) {
  if (expected === null || typeof expected !== 'object' || expected instanceof Date) {
    assert.ok(isDeepStrictEqual(actual ?? null, expected), `${where} is ${actual}, not ${expected}`)
  } else if (Array.isArray(expected)) {
    assert.equal(actual.length, expected.length, where)
    expected.forEach((item, position) => compare(item, actual[position], `${where}[${position}]`))
  } else if ('$exists' in expected) {
    assert.equal((actual ?? null) !== null, expected.$exists, where)
  } else if ('$type' in expected) {
    assert.equal(Number.isInteger(actual) ? 'integer' : typeof actual, expected.$type, where)
  } else if ('$matches' in expected) {
    assert.equal(typeof actual, 'string', where)
    assert.match(actual, new RegExp(expected.$matches), where)
  } else if ('$seconds_from_now' in expected) {
    const [earliest, latest] = expected.$seconds_from_now
    const seconds = (actual - Date.now()) / 1000
    assert.ok(seconds >= earliest && seconds <= latest, `${where} is ${seconds} s from now`)
  } else {
    for (const name of Object.keys(expected)) {
      compare(expected[name], field(actual, name), `${where}.${name}`)
    }
  }
}

function field(value, name) {
  if (name === 'as_text') return String(value)
  if (Object.hasOwn(value, name)) return value[name]
  const milliseconds = DURATIONS.includes(name) ? value[`${camelCase(name)}Ms`] : undefined
  return milliseconds === undefined ? value[camelCase(name)] : milliseconds / 1000
}
