import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidArgumentError, Sandbox } from 'sandspan'

const inaccessible = { provider: 'e2b', apiKey: 'none', apiUrl: 'http://127.0.0.1:1' }

const CREATIONS = [
  ['timeoutMs', '5', "'5'"],
  ['timeoutMs', 5n, '5n'],
  ['timeoutMs', NaN, 'NaN'],
  ['timeoutMs', Infinity, /inf/i],
  ['timeoutMs', -1, '-1'],
  ['requestTimeoutMs', -1, '-1'],
  ['metadata', 'a=b', "'a=b'"],
  ['metadata', new Map([['a', 'b']]), 'Map'],
  ['metadata', ['a'], 'Array'],
  ['metadata.a', { a: 1 }, '1', 'metadata'],
  ['envs.a', { a: null }, 'null', 'envs'],
  ['metadata', null, 'null'],
  ['template', 5, '5'],
  ['secure', 'yes', "'yes'"],
  ['apiKey', ['secret'], 'Array'],
  ['timeout', 5, ''],
  ['network', [], 'Array'],
  ['network.allowOut', { allowOut: 'a.b' }, "'a.b'", 'network'],
  ['network.denyOut', { denyOut: () => 'a.b' }, "'a.b'", 'network'],
  ['network.denyIn', { denyIn: [] }, '', 'network'],
  ['network.rules', { rules: { 'a.b': {} } }, 'Object', 'network'],
  ['network.rules', { rules: { 'a.b': [{ transform: () => {} }] } }, '', 'network'],
  ['network egressProxy', { egressProxy: { address: 5 } }, '', 'network'],
]

for (const [place, value, shown, name = place] of CREATIONS) {
  test(`create refuses ${place} when it is ${String(shown)}`, async () => {
    await assert.rejects(Sandbox.create({ ...inaccessible, [name]: value }), (error) => {
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.equal(error.code, 'INVALID_ARGUMENT')
      assert.ok(error.message.includes(place), error.message)
      assert.match(error.message, shown instanceof RegExp ? shown : new RegExp(shown))
      assert.doesNotMatch(error.message, /secret/)
      return true
    })
  })
}

test('undefined counts as not given', () => {
  const list = Sandbox.list({ ...inaccessible, query: undefined, limit: undefined })
  assert.equal(list.hasNext, true)
})

test('the other calls refuse wrong values too', async () => {
  await assert.rejects(Sandbox.kill(undefined), /sandboxId must be a string, got undefined/)
  await assert.rejects(Sandbox.getInfo('i1', 5), /options must be an object, got 5/)
  await assert.rejects(Sandbox.setTimeout('i1', '5'), /timeoutMs .* got '5'/)
  await assert.rejects(Sandbox.setTimeout('i1', NaN, inaccessible), InvalidArgumentError)
  await assert.rejects(Sandbox.connect('i1', { ...inaccessible, timeoutMs: -1 }), /timeoutMs.*-1/)
  assert.throws(() => Sandbox.list({ order: 'up', ...inaccessible }), InvalidArgumentError)
  assert.throws(() => Sandbox.list({ limit: 1.5 }), /limit must be a whole number, got 1.5/)
  assert.throws(() => Sandbox.list({ query: { state: 'running' } }), /state .* got 'running'/)
  assert.throws(() => Sandbox.list({ query: { startedAfter: 5 } }), /startedAfter .* got 5/)
})
