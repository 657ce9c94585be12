import './runtime.mjs'

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Worker } from 'node:worker_threads'
import { InvalidArgumentError, Sandbox, SandboxError, SandboxNotFoundError } from 'sandspan'

class Mine extends Sandbox {
  greet() {
    return this.commands.run('echo hello')
  }
}

test('a subclass creates and connects to its own kind', async () => {
  const created = await Mine.create({ timeoutMs: 60_000 })
  assert.ok(created instanceof Mine)
  const connected = await Mine.connect(created.sandboxId)
  assert.ok(connected instanceof Mine)
  assert.equal((await connected.greet()).stdout, 'hello\n')
  assert.equal(await created.kill(), true)
})

test('connect of an instance gives that instance', async () => {
  const sandbox = await Sandbox.create({ timeoutMs: 60_000 })
  assert.equal(await sandbox.connect({ timeoutMs: 120_000 }), sandbox)
  await assert.rejects(sandbox.connect({ timeoutMs: NaN }), InvalidArgumentError)
  await sandbox.kill()
})

test('the calls of an instance take a limit for their request', async () => {
  const known = { sandboxID: 'iabc', templateID: 'base', clientID: 'x', envdVersion: '0.6.13' }
  // A client asks nothing further of a service that sees to the idle timeout itself.
  const described = { ...known, idleTimeout: 60 }
  const silent = createServer(({ url }, response) => {
    if (url.endsWith('/connect')) response.end(JSON.stringify(described))
  })
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  const apiUrl = `http://127.0.0.1:${silent.address().port}`
  const sandbox = await Sandbox.connect('iabc', { apiUrl, apiKey: 'none' })
  const opts = { requestTimeoutMs: 20 }
  const calls = [
    sandbox.getInfo(opts),
    sandbox.isRunning(opts),
    sandbox.setTimeout(60_000, opts),
    sandbox.pause(opts),
    sandbox.getLifetime(opts),
    sandbox.kill(opts),
  ]
  const results = await Promise.allSettled(calls)
  assert.deepEqual(
    results.map(({ reason }) => reason?.code),
    calls.map(() => 'REQUEST_TIMEOUT'),
  )
  await assert.rejects(sandbox.kill({ requestTimeoutMs: -1 }), /requestTimeoutMs.*-1/)
  silent.closeAllConnections()
  silent.close()
})

test('asyncDispose kills', async () => {
  const sandbox = await Sandbox.create()
  await sandbox[Symbol.asyncDispose]()
  assert.equal(await sandbox.isRunning(), false)
  assert.equal(await Sandbox.kill(sandbox.sandboxId), false)
  await assert.rejects(sandbox.getInfo(), (error) => {
    assert.ok(error instanceof SandboxNotFoundError && error instanceof SandboxError)
    assert.match(error.stack, /sandbox\.test\.mjs/)
    return true
  })
})

test('information has dates, and only the keys that are known', async () => {
  const sandbox = await Sandbox.create('base', { timeoutMs: 60_000, metadata: { a: 'b' } })
  const info = await sandbox.getInfo()
  assert.ok(info.startedAt instanceof Date)
  assert.ok(Math.abs(info.endAt - info.startedAt - 60_000) < 1000)
  assert.deepEqual(info.metadata, { a: 'b' })
  assert.equal(info.state, 'running')
  assert.equal(typeof info.memoryMB, 'number')
  assert.ok(!Object.values(info).includes(undefined))
  await sandbox.kill()
})

test('a list is paged, and says when it is exhausted', async () => {
  const created = await Promise.all([Sandbox.create(), Sandbox.create()])
  const query = { startedAfter: (await created[0].getInfo()).startedAt, state: ['running'] }
  const pages = Sandbox.list({ limit: 1, order: 'asc', query })
  const found = []
  while (pages.hasNext) found.push(...(await pages.nextItems()))
  assert.ok(found.length >= 1)
  assert.ok(found.every((info) => info.endAt instanceof Date))
  assert.equal(pages.nextToken, undefined)
  await assert.rejects(pages.nextItems(), { message: 'No more items to fetch' })
  for (const sandbox of created) await sandbox.kill()
})

test('printing a sandbox shows what it is and no secret', async () => {
  const sandbox = await Mine.create()
  const printed = inspect(sandbox, { depth: null }) + JSON.stringify(sandbox)
  assert.ok(printed.startsWith('Mine {'))
  assert.ok(printed.includes(sandbox.sandboxId))
  assert.doesNotMatch(printed, /token|key/i)
  await sandbox.kill()
})

test('a worker thread has errors of its own classes, and ends', async () => {
  const script = `
    const { Sandbox, SandboxNotFoundError } = require('sandspan')
    const { parentPort } = require('node:worker_threads')
    async function main() {
      const sandbox = await Sandbox.create()
      const { stdout } = await sandbox.commands.run('echo hello')
      await sandbox.kill()
      const error = await sandbox.getInfo().catch((error) => error)
      parentPort.postMessage([stdout, error instanceof SandboxNotFoundError])
    }
    main()`
  const worker = new Worker(script, { eval: true })
  const answer = once(worker, 'message')
  assert.deepEqual(await once(worker, 'exit'), [0])
  assert.deepEqual(await answer, [['hello\n', true]])
  const sandbox = await Sandbox.create()
  assert.equal(await sandbox.kill(), true)
})

test('a worker thread can be ended in the middle of a call', async () => {
  const sandbox = await Sandbox.create({ timeoutMs: 60_000 })
  const script = `
    const { Sandbox } = require('sandspan')
    const { parentPort, workerData } = require('node:worker_threads')
    async function main() {
      const { commands } = await Sandbox.connect(workerData)
      const onStdout = () => parentPort.postMessage('it runs')
      await commands.run('while echo; do sleep 0.01; done', { onStdout })
    }
    main()`
  for (let round = 0; round < 5; round += 1) {
    const worker = new Worker(script, { eval: true, workerData: sandbox.sandboxId })
    await once(worker, 'message')
    await worker.terminate()
  }
  assert.equal(await sandbox.kill(), true)
})
