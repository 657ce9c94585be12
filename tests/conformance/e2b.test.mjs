// The published `e2b` client for JavaScript, unmodified, against the local runtime.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { CommandExitError, Sandbox, SandboxNotFoundError, TimeoutError } from 'e2b'

let sandbox

beforeEach(async () => {
  sandbox = await Sandbox.create({ timeoutMs: 60_000, metadata: { purpose: 'conformance' } })
})

afterEach(() => sandbox.kill())

test('information', async () => {
  const info = await sandbox.getInfo()
  assert.equal(info.sandboxId, sandbox.sandboxId)
  assert.equal(info.state, 'running')
  assert.deepEqual(info.metadata, { purpose: 'conformance' })
  assert.ok(Math.abs(info.endAt - info.startedAt - 60_000) < 100)
  assert.ok(await sandbox.isRunning())
})

test('the timeout counts from now and shortens as well as extends', async () => {
  for (const timeoutMs of [10_000, 600_000]) {
    const { startedAt } = await sandbox.getInfo()
    await sandbox.setTimeout(timeoutMs)
    const lifetime = (await sandbox.getInfo()).endAt - startedAt
    assert.ok(lifetime >= timeoutMs && lifetime < timeoutMs + 5000, `${lifetime} ms`)
  }
})

test('a list is filtered by metadata', async () => {
  const listed = async (metadata) =>
    (await Sandbox.list({ query: { metadata } }).nextItems()).map(({ sandboxId }) => sandboxId)
  assert.deepEqual(await listed({ purpose: 'conformance' }), [sandbox.sandboxId])
  assert.deepEqual(await listed({ purpose: 'another' }), [])
})

test('a command gives its output', async () => {
  const { stdout, stderr, exitCode } = await sandbox.commands.run('echo out; echo err >&2')
  assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'out\n', stderr: 'err\n', exitCode: 0 })
})

test('a command that fails is an error', async () => {
  await assert.rejects(sandbox.commands.run('echo out; exit 3'), (error) => {
    assert.ok(error instanceof CommandExitError)
    assert.equal(error.exitCode, 3)
    assert.equal(error.stdout, 'out\n')
    return true
  })
})

test('a background command is killed once', async () => {
  const command = await sandbox.commands.run('sleep 1000', { background: true })
  const pids = (await sandbox.commands.list()).map(({ pid }) => pid)
  assert.deepEqual(pids, [command.pid])
  assert.ok(await command.kill())
  await assert.rejects(command.wait(), CommandExitError)
  assert.equal(await sandbox.commands.kill(command.pid), false)
})

test('another client connects', async () => {
  await sandbox.commands.run('echo kept > note')
  const other = await Sandbox.connect(sandbox.sandboxId)
  assert.equal((await other.commands.run('cat note')).stdout, 'kept\n')
  assert.ok(await other.kill())
  assert.equal(await sandbox.isRunning(), false)
})

test('what was killed is gone', async () => {
  assert.ok(await sandbox.kill())
  assert.equal(await sandbox.kill(), false)
  assert.equal(await sandbox.isRunning(), false)
  await assertIsGone(sandbox)
})

test('it ends on time', async () => {
  const before = performance.now()
  const brief = await Sandbox.create({ timeoutMs: 2000 })
  const created = performance.now()
  await assert.rejects(brief.commands.run('sleep 1000'), TimeoutError)
  const ended = performance.now()
  assert.ok(ended - before >= 2000, `${ended - before} ms`)
  assert.ok(ended - created <= 2200, `${ended - created} ms`)
  assert.equal(await brief.isRunning(), false)
  assert.equal(await brief.kill(), false)
  await assertIsGone(brief)
})

async function assertIsGone(sandbox) {
  await assert.rejects(sandbox.getInfo(), SandboxNotFoundError)
  await assert.rejects(sandbox.setTimeout(60_000), SandboxNotFoundError)
  await assert.rejects(sandbox.connect(), SandboxNotFoundError)
  await assert.rejects(sandbox.commands.run('true'), SandboxNotFoundError)
}
