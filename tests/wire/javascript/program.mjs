// Does operations with one of the published packages, as the recorder tells them.
//
// The recorder writes lists of operations to the input, one a line, and reads from the output what
// came of each list: the results, or which operation failed and how. README.md has the format.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { Missing, argumentsOf, camelCase } from './arguments.mjs'

/** Operations that those who derived their package from E2B's have another name for. */
const OTHER_NAMES = { update_network: 'set_network' }

const [folder, ...names] = process.argv.slice(2)
const require = createRequire(pathToFileURL(`${folder}/`))
// One after the other, for Node fails when what both need is loaded in two ways at once.
const core = await import(resolved(names[0]))
const interpreter = await import(resolved(names[1]))
const isE2b = names[0] === 'e2b'
let saved = {}

for await (const line of createInterface({ input: process.stdin })) {
  const { operations, is_fresh: isFresh } = JSON.parse(line)
  if (isFresh) saved = {}
  process.stdout.write(`${JSON.stringify(await performAll(operations))}\n`)
}
// Timers of the packages would keep it alive.
process.exit()

/** Where a package's module for `import` lies, which is not the one that `require` takes. */
function resolved(name) {
  return pathToFileURL(require.resolve(name).replace(/\.js$/, '.mjs'))
}

/** Does operations until one fails: their results, or how. */
async function performAll(operations) {
  const results = []
  for (const [number, operation] of operations.entries()) {
    try {
      const result = await perform(operation)
      if (operation.save_as) saved[operation.save_as] = result
      results.push(Object(result) === result ? null : result)
    } catch (error) {
      const failure = {
        operation: number,
        class: error.constructor.name,
        message: error.message,
        is_missing: error instanceof Missing,
      }
      return { failure }
    }
  }
  return { results }
}

/** Does an operation, and gives its result. */
async function perform({ on = 'Sandbox', call, arguments: given = {} }) {
  let target = found(on) ?? (on === 'CodeInterpreter' ? interpreter.Sandbox : core[on])
  const known = (isE2b ? call : OTHER_NAMES[call]) ?? call
  const path = known.split('.').map(camelCase)
  const name = path.pop()
  for (const step of path) target = target?.[step]
  const member = target?.[name]
  if (member === undefined && !(name in (target ?? {}))) throw new Missing(call)
  if (typeof member !== 'function') return member
  return await member.apply(target, argumentsOf(on, call, resolve(given), isE2b))
}

/** What was saved, or a part of it. */
function found(path) {
  const [name, ...parts] = path.split('.')
  return parts.reduce((object, part) => object[camelCase(part)], saved[name])
}

/** Puts in what was saved. */
function resolve(value) {
  if (value?.$saved) return found(value.$saved)
  if (Array.isArray(value)) return value.map(resolve)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item)]))
}
