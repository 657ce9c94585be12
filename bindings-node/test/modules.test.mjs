import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import Default, * as imported from 'sandspan'
import CodeDefault, * as importedCode from 'sandspan/code-interpreter'

import { runScript } from './child.mjs'

const require = createRequire(import.meta.url)
const required = require('sandspan')
const requiredCode = require('sandspan/code-interpreter')

test('import and require give the same classes', () => {
  assert.ok(Object.keys(required).length > 20)
  for (const name of Object.keys(required)) {
    if (name !== 'default') assert.equal(imported[name], required[name], name)
  }
  assert.equal(Default, required.Sandbox)
  assert.equal(required.default, required.Sandbox)
})

test('the entry for code has all of the other, and its own sandbox', () => {
  for (const name of Object.keys(required)) {
    const isOwn = name === 'Sandbox' || name === 'default'
    assert.equal(requiredCode[name] === required[name], !isOwn, name)
  }
  for (const name of Object.keys(requiredCode)) {
    if (name !== 'default') assert.equal(importedCode[name], requiredCode[name], name)
  }
  const { Sandbox } = requiredCode
  assert.deepEqual([CodeDefault, requiredCode.default], [Sandbox, Sandbox])
  assert.equal(Sandbox.name, 'Sandbox')
  assert.ok(Sandbox.prototype instanceof required.Sandbox)
})

test('who runs no code does not load what runs it', async () => {
  const script = `
    require('sandspan')
    console.log(Object.keys(require.cache).filter((path) => /code-|execution|charts/.test(path)))`
  assert.equal((await runScript(script, 'commonjs')).stdout, '[]\n')
})

test('loading takes no further module of Node', async () => {
  const script = `
    const loaded = () => process.moduleLoadList.filter((name) => !name.includes('internal'))
    const before = new Set(loaded())
    require('sandspan')
    console.log(loaded().filter((name) => !before.has(name)).join())`
  assert.equal((await runScript(script, 'commonjs')).stdout, '\n')
})
