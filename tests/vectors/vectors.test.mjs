// Runs the shared vectors with the Node package. README.md has the format.
import * as localRuntime from './local_runtime.mjs'

import assert, { AssertionError } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Sandbox as CodeSandbox } from '../../bindings-node/dist/code-interpreter.mjs'
import * as sandspan from '../../bindings-node/dist/index.mjs'
import { argumentsOf, camelCase } from './arguments.mjs'
import { runCode } from './code_runs.mjs'
import { compare, field } from './expectation.mjs'
import { Terminal, Watch, readable, request } from './things.mjs'

const { Sandbox } = sandspan
const ERRORS = Object.values(sandspan).filter((value) => value.prototype instanceof Error)
const CAPABILITIES = ['untyped_arguments']
// What makes more of a call than its result.
const CALLS = {
  'files.read': async (method, values) => readable(await method(...values)),
  'files.watch_dir': (method, values) => Watch.open(method, values),
  'pty.connect': (method, values) => Terminal.open(method, values),
  'pty.create': (method, values) => Terminal.open(method, values),
  run_code: runCode,
}

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
  const runsCode = operations.some(({ call }) => call?.includes('code'))
  const ownClass = runsCode ? CodeSandbox : Sandbox
  const saved = { server: localRuntime.server() }
  const created = []
  try {
    for (const operation of operations) {
      const outcome = await perform(operation, saved, ownClass)
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
async function perform({ on, call, arguments: given = {} }, saved, ownClass) {
  let target = on ? saved[on] : ownClass
  if (!call) return { result: target }
  const values = resolve(given, saved)
  if (call === 'fetch') return { result: await request(values) }
  const path = call.split('.').map(camelCase)
  const name = path.pop()
  for (const step of path) target = target[step]
  const method = target[name].bind(target)
  const make = CALLS[call] ?? ((method, values) => method(...values))
  try {
    return { result: await make(method, argumentsOf(call, values)) }
  } catch (error) {
    if (!ERRORS.some((type) => error instanceof type)) throw error
    return { error }
  }
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
