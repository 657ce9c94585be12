// What vectors expect, compared with what came.
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { DURATIONS, camelCase } from './arguments.mjs'

const NAMES = { memory_mb: 'memoryMB', status: 'statusCode' }
const TYPES = {
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
}

/** Fails where what came is not what is expected; `where` names the place. */
export function compare(expected, actual, where) {
  if (expected === null || typeof expected !== 'object' || expected instanceof Date) {
    assert.ok(isDeepStrictEqual(actual ?? null, expected), `${where} is ${actual}, not ${expected}`)
  } else if (Array.isArray(expected)) {
    assert.equal(actual.length, expected.length, where)
    expected.forEach((item, position) => compare(item, actual[position], `${where}[${position}]`))
  } else if ('$exists' in expected) {
    assert.equal((actual ?? null) !== null, expected.$exists, where)
  } else if ('$every' in expected) {
    assert.notEqual(actual.length, 0, where)
    actual.forEach((item, position) => compare(expected.$every, item, `${where}[${position}]`))
  } else if ('$type' in expected) {
    assert.ok(TYPES[expected.$type](actual), `${where} is ${actual}, no ${expected.$type}`)
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

/** A field of a result, by the name that vectors give it. */
export function field(value, name) {
  if (name === 'as_text') return String(value)
  if (Object.hasOwn(value, name)) return value[name]
  if (name in NAMES) return value[NAMES[name]]
  const milliseconds = DURATIONS.includes(name) ? value[`${camelCase(name)}Ms`] : undefined
  return milliseconds === undefined ? value[camelCase(name)] : milliseconds / 1000
}
