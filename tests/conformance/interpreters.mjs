// The code interpreters for JavaScript, the published ones and ours, and what their tests share.
import assert from 'node:assert/strict'
import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici'
import * as clients from './clients.mjs'

// The one that was derived asks for names of its provider, over TLS. A gateway has these.
setGlobalDispatcher(new EnvHttpProxyAgent())

const names = [
  '@e2b/code-interpreter',
  'novita-sandbox/code-interpreter',
  'sandspan/code-interpreter',
]

/** What the packages export. */
export const interpreters = []
// One after the other, for they share packages that cannot be loaded twice at once.
for (const name of names) interpreters.push({ ...(await import(name)), name })

/** Defines tests for each of them, with a sandbox that they all use. */
export const withEach = (define, options = {}) => clients.withEach(define, options, interpreters)

/** What an execution failed with. */
export function errorOf(execution) {
  assert.ok(execution.error, JSON.stringify(execution))
  const { name, value } = execution.error
  return [name, value]
}

/** All that it printed, after it came to a good end. */
export function printed(execution) {
  assert.equal(execution.error, undefined)
  return execution.logs.stdout.join('')
}

/** Uses a context of a test's own. */
export async function withContext(sandbox, options, use) {
  const context = await sandbox.createCodeContext(options)
  try {
    await use(context)
  } finally {
    await sandbox.removeCodeContext(context)
  }
}
