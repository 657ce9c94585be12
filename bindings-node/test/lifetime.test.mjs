import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Sandbox, SandboxLifetime, SandboxNotFoundError } from 'sandspan'

import { runScript } from './child.mjs'
import { detail, serve } from './service.mjs'

const GET = 'GET /sandboxes/iabc'
const EVENTS = 'GET /sandboxes/events'
const REFRESH = 'POST /sandboxes/iabc/refreshes'

test('a lifetime is an object of dates and milliseconds, and one line for people', async () => {
  const at = (seconds) => new Date(Date.UTC(2126, 0, 1, 12, 0, seconds))
  const lifetime = {
    deadline: at(300),
    latestDeadline: at(3600),
    cap: 3600,
    idleTimeout: 30,
    idleDeadline: at(30),
    connections: 0,
    lastActivity: { at: at(0), kind: 'websocket', port: 8000 },
  }
  const { sandbox, connection } = await serve({ [GET]: () => detail({ lifetime }) })
  const told = await sandbox.getLifetime({ requestTimeoutMs: 10_000 })
  assert.ok(told instanceof SandboxLifetime)
  const { rule, ...fields } = told
  assert.deepEqual(fields, {
    sandboxId: 'iabc',
    state: 'running',
    deadline: at(300),
    latestDeadline: at(3600),
    capMs: 3_600_000,
    idleTimeoutMs: 30_000,
    idleDeadline: at(30),
    idleCountsProcesses: false,
    lastActivity: { at: at(0), kind: 'websocket', port: 8000 },
    onTimeout: 'kill',
    autoResume: false,
    enforcedBy: 'server',
    endsAt: at(30),
  })
  assert.ok(rule.length > 20)
  assert.match(String(told), /^iabc is running; it is killed at .*WebSocket on port 8000.*\.?$/)
  assert.equal(inspect(told), String(told))
  assert.deepEqual(JSON.parse(JSON.stringify(told)).endsAt, at(30).toJSON())
  assert.deepEqual({ ...(await Sandbox.getLifetime('iabc', connection)) }, { ...told })
})

test('a lifetime has only what is known', async () => {
  const { sandbox } = await serve({ [GET]: () => detail({ state: 'paused' }) })
  const told = await sandbox.getLifetime()
  assert.deepEqual(Object.keys(told).filter((name) => told[name] === undefined), [])
  assert.equal('deadline' in told || 'endsAt' in told || 'lastActivity' in told, false)
  assert.equal(inspect(told), 'iabc is paused; nothing ends it until it is resumed or killed')
})

test('keepAlive extends until it is stopped, however often', async () => {
  const { sandbox, requests } = await serve({ [GET]: () => detail(), [REFRESH]: () => undefined })
  const keep = await sandbox.keepAlive({ extendByMs: 90_000 })
  const extension = requests.find(({ route }) => route === REFRESH)
  assert.deepEqual(JSON.parse(extension.body), { duration: 90 })
  assert.deepEqual([keep.isRunning, keep.limitedUntil, keep.failure], [true, undefined, undefined])
  await keep.stop()
  assert.equal(keep.isRunning, false)
  await keep.stop()
  const disposable = await sandbox.keepAlive()
  await disposable[Symbol.asyncDispose]()
  await disposable[Symbol.asyncDispose]()
  assert.equal(disposable.isRunning, false)
})

test('keepAlive says when it is limited and why it failed', async () => {
  const endAt = new Date(Date.now() + 20_000)
  const { sandbox } = await serve({ [GET]: () => detail({ endAt }), [REFRESH]: () => undefined })
  const keep = await sandbox.keepAlive()
  assert.deepEqual(keep.limitedUntil, endAt)
  await keep.stop()
  const { sandbox: gone } = await serve({})
  await assert.rejects(gone.keepAlive(), SandboxNotFoundError)
  await assert.rejects(gone.keepAlive({ extendByMs: 1000 }), {
    code: 'INVALID_ARGUMENT',
    message: 'extendByMs must be 15 s to 3600 s (got 1 s)',
  })
  await assert.rejects(gone.keepAlive({ extendBy: 60 }), /there is no option extendBy/)
})

test('keepAlive that nobody holds goes on, and the script ends all the same', async () => {
  const { connection } = await serve({ [GET]: () => detail(), [REFRESH]: () => undefined })
  const { stdout, lingered } = await runScript(`
    import { Sandbox } from 'sandspan'
    import { setTimeout } from 'node:timers/promises'
    import { setFlagsFromString } from 'node:v8'
    import { runInNewContext } from 'node:vm'
    const sandbox = await Sandbox.connect('iabc', ${JSON.stringify(connection)})
    const keep = new WeakRef(await sandbox.keepAlive())
    setFlagsFromString('--expose-gc')
    const free = runInNewContext('gc')
    // What a weak reference led to stays until the end of the turn.
    await setTimeout(1)
    free()
    process.stdout.write(String(keep.deref()?.isRunning))`)
  assert.equal(stdout, 'true')
  assert.ok(lingered < 1000, `it lingered for ${lingered} ms`)
})

const event = {
  eventID: '1',
  recordAt: 0,
  templateID: 'base',
  templateName: 'base',
  sandboxID: 'iabc',
  state: 'success',
  time: new Date().toISOString(),
  reason: '',
  who: 'client',
}
const noEvents = { items: [], total: 0, hasMore: false }

/** A service whose sandbox ends when the test says so. */
async function ending() {
  let end
  const ended = new Promise((resolve) => {
    end = (eventName) => resolve({ items: [{ ...event, eventName }], total: 1, hasMore: false })
  })
  const routes = {
    [GET]: () => detail(),
    [EVENTS]: (_, url) => (url.includes('wait=') ? ended : noEvents),
  }
  return { ...(await serve(routes)), end }
}

test('waitUntilEnded and onEnd tell the reason', async () => {
  const { sandbox, connection, end } = await ending()
  const told = []
  const bell = new EventTarget()
  sandbox.onEnd((...reasons) => {
    told.push(reasons)
    bell.dispatchEvent(new Event('end'))
  })
  const called = once(bell, 'end')
  const waiting = [sandbox.waitUntilEnded(), Sandbox.waitUntilEnded('iabc', connection)]
  end('idle')
  assert.deepEqual(await Promise.all(waiting), ['idle', 'idle'])
  const timer = setTimeout(() => {}, 10_000)
  await called
  clearTimeout(timer)
  assert.deepEqual(told, [['idle', undefined]])
})

test('onEnd that is cancelled never calls', async () => {
  const { sandbox, end } = await ending()
  const cancel = sandbox.onEnd(() => assert.fail('it was called'))
  cancel()
  cancel()
  const waiting = sandbox.waitUntilEnded()
  const late = sandbox.onEnd(() => assert.fail('it was called'))
  end('killed')
  late()
  assert.equal(await waiting, 'killed')
  await new Promise(setImmediate)
  assert.throws(() => sandbox.onEnd('x'), /callback must be a function, got 'x'/)
})

test('onEnd tells why nothing is known of the end', async () => {
  const { sandbox } = await serve({ [EVENTS]: () => noEvents })
  const timer = setTimeout(() => {}, 10_000)
  const [reason, error] = await new Promise((resolve) => sandbox.onEnd((...end) => resolve(end)))
  clearTimeout(timer)
  assert.equal(reason, undefined)
  assert.ok(error instanceof SandboxNotFoundError)
  await assert.rejects(sandbox.waitUntilEnded(), SandboxNotFoundError)
})

test('what a callback of onEnd throws is an uncaught exception', async () => {
  const { connection } = await serve({ [EVENTS]: () => noEvents })
  const script = `
    import { Sandbox } from 'sandspan'
    const sandbox = await Sandbox.connect('iabc', ${JSON.stringify(connection)})
    sandbox.onEnd(() => { throw new RangeError('mine') })
    process.on('uncaughtException', ({ name }) => process.stdout.write(name, () => process.exit(7)))
    setTimeout(() => {}, 10_000)`
  const { code, stdout } = await runScript(script)
  assert.deepEqual({ code, stdout }, { code: 7, stdout: 'RangeError' })
})
