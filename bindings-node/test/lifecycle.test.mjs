import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidArgumentError, Sandbox } from 'sandspan'

import { serve } from './service.mjs'

const inaccessible = { provider: 'e2b', apiKey: 'none', apiUrl: 'http://127.0.0.1:1' }
const pause = { action: 'pause' }

const REFUSED = [
  [{ onTimeout: 'x' }, 'onTimeout must be one of: pause, kill (got "x").'],
  [{ onTimeout: { action: 'x' } }, 'onTimeout.action must be one of: pause, kill (got "x").'],
  [{ onTimeout: {} }, 'onTimeout.action must be one of: pause, kill (got undefined).'],
  [
    { onTimeout: { action: 'kill', keepMemory: true } },
    "onTimeout.keepMemory is only allowed when action is 'pause'.",
  ],
  [{ autoResume: true }, "autoResume can only be true when onTimeout action is 'pause'."],
  [
    { onTimeout: 'kill', autoResume: true },
    "autoResume can only be true when onTimeout action is 'pause'.",
  ],
  [
    { onTimeout: { ...pause, keepMemory: false }, autoResume: true },
    'autoResume: true is not a valid value when keepMemory: false - a filesystem-only snapshot ' +
      'cannot be auto-resumed by traffic and must be resumed explicitly using Sandbox.connect().',
  ],
  [{ onTimeout: 5 }, "lifecycle.onTimeout must be 'pause', 'kill' or an object, got 5"],
  [{ onTimeout: { action: 5 } }, 'lifecycle.onTimeout.action must be a string, got 5'],
  [
    { onTimeout: { ...pause, keepMemory: 'no' } },
    "lifecycle.onTimeout.keepMemory must be true or false, got 'no'",
  ],
  [{ onTimeout: { ...pause, mode: 'full' } }, 'there is no option lifecycle.onTimeout.mode'],
  [{ on_timeout: 'pause' }, 'there is no option lifecycle.on_timeout'],
  [{ autoResume: 'yes' }, "lifecycle.autoResume must be true or false, got 'yes'"],
  ['pause', "lifecycle must be an object, got 'pause'"],
]

for (const [lifecycle, message] of REFUSED) {
  test(`create refuses the lifecycle ${JSON.stringify(lifecycle)}`, async () => {
    const refused = { code: 'INVALID_ARGUMENT', message }
    await assert.rejects(Sandbox.create({ ...inaccessible, lifecycle }), refused)
    await assert.rejects(Sandbox.betaCreate({ ...inaccessible, lifecycle }), refused)
  })
}

const SENT = [
  [{ lifecycle: {} }, {}],
  [{ lifecycle: { onTimeout: undefined } }, {}],
  [{ lifecycle: { onTimeout: 'pause' } }, { autoPause: true }],
  [{ autoPause: true }, { autoPause: true }],
  [{ lifecycle: { onTimeout: { action: 'kill', keepMemory: undefined } } }, { autoPause: false }],
  [
    { lifecycle: { onTimeout: { ...pause, keepMemory: false }, autoResume: false } },
    { autoPause: true, autoPauseMemory: false, autoResume: { enabled: false } },
  ],
  [{ idleTimeoutMs: 59_001, timeoutMs: 300_000 }, { metadata: { idle_timeout: '60' } }],
]

test('what a creation says is sent', async () => {
  const refuse = () => ({ code: 400, message: 'not today' })
  const { connection, requests } = await serve({ 'POST /v2/sandboxes': refuse })
  for (const [opts, expected] of SENT) {
    await assert.rejects(Sandbox.betaCreate('base', { ...connection, ...opts }), /not today/)
    const { templateID, timeout, ...sent } = JSON.parse(requests.at(-1).body)
    assert.deepEqual([templateID, sent], ['base', expected], `timeout ${timeout}`)
  }
})

test('create refuses other wrong values of a life', async () => {
  const create = (opts) => Sandbox.create({ ...inaccessible, ...opts })
  const contradiction = { autoPause: false, lifecycle: { onTimeout: 'pause' } }
  await assert.rejects(create(contradiction), /autoPause: false .*contradict/)
  await assert.rejects(create({ idleTimeoutMs: '5' }), /idleTimeoutMs must be .* got '5'/)
  await assert.rejects(create({ idleTimeoutMs: -1 }), /Invalid idleTimeoutMs=-1 \(milliseconds\)/)
  const twice = { idleTimeoutMs: 45_000, metadata: { idle_timeout: '60' } }
  await assert.rejects(create(twice), /idleTimeoutMs is 45000 ms and metadata idle_timeout is "60"/)
  await assert.rejects(create({ idleCountsProcesses: 1 }), /must be true or false, got 1/)
  await assert.rejects(create({ autoResume: true }), /there is no option autoResume/)
  await assert.rejects(create({ onTimeout: 'pause' }), InvalidArgumentError)
})

test('pause is false when the sandbox is paused already, and keepMemory is sent', async () => {
  let isPaused = false
  const { sandbox, connection, requests } = await serve({
    'POST /sandboxes/iabc/pause': () => {
      if (isPaused) return { code: 409, message: 'paused' }
      isPaused = true
    },
  })
  assert.equal(await sandbox.pause({ keepMemory: false }), true)
  assert.deepEqual(JSON.parse(requests.at(-1).body), { memory: false })
  assert.equal(await sandbox.betaPause(), false)
  assert.equal(await Sandbox.pause('iabc', { ...connection, keepMemory: true }), false)
  assert.deepEqual(JSON.parse(requests.at(-1).body), { memory: true })
  assert.equal(await Sandbox.betaPause('iabc', connection), false)
  await assert.rejects(sandbox.pause({ keepMemory: 1 }), /keepMemory must be true or false, got 1/)
  await assert.rejects(Sandbox.pause('other', connection), { code: 'SANDBOX_NOT_FOUND' })
})
