import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import Default, * as imported from 'sandspan'

import { runScript } from './child.mjs'

const required = createRequire(import.meta.url)('sandspan')

test('import and require give the same classes', () => {
  assert.ok(Object.keys(required).length > 20)
  for (const name of Object.keys(required)) {
    if (name !== 'default') assert.equal(imported[name], required[name], name)
  }
  assert.equal(Default, required.Sandbox)
  assert.equal(required.default, required.Sandbox)
})

test('loading takes no further module of Node', async () => {
  const script = `
    const loaded = () => process.moduleLoadList.filter((name) => !name.includes('internal'))
    const before = new Set(loaded())
    require('sandspan')
    console.log(loaded().filter((name) => !before.has(name)).join())`
  assert.equal((await runScript(script, 'commonjs')).stdout, '\n')
})
