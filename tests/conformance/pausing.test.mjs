// Idle timeouts and pauses, with the published clients for JavaScript, unmodified.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

const autoPause = {
  e2b: { lifecycle: { onTimeout: 'pause', autoResume: true } },
  'novita-sandbox': { autoPause: true },
}

for (const name of Object.keys(autoPause)) {
  const { Sandbox } = await import(name)

  const withSandbox = (title, options, use) =>
    test(`${name}: ${title}`, async () => {
      const sandbox = await Sandbox.create({ timeoutMs: 60_000, ...options })
      try {
        await use(sandbox)
      } finally {
        await sandbox.kill()
      }
    })

  const metadata = { idle_timeout: '60' }
  withSandbox('an idle timeout in the metadata', { timeoutMs: 300_000, metadata }, async (sandbox) => {
    const { startedAt, endAt } = await sandbox.getInfo()
    assert.ok(Math.abs(endAt - startedAt - 60_000) < 100)
    await sleep(1000)
    await sandbox.commands.run('true')
    // The stream of a command ends a moment after the news of its end; till then it is in use.
    let moved
    do moved = (await sandbox.getInfo()).endAt - endAt
    while (moved > 15_000)
    assert.ok(moved >= 1000, `${moved} ms`)
  })

  withSandbox('a pause and a connection', {}, async (sandbox) => {
    const { pid } = await sandbox.commands.run('sleep 1000', { background: true })
    assert.ok(await sandbox.pause())
    assert.equal((await sandbox.getInfo()).state, 'paused')
    assert.equal(await sandbox.isRunning(), false)
    const again = await Sandbox.connect(sandbox.sandboxId)
    assert.equal(again.sandboxId, sandbox.sandboxId)
    assert.ok((await again.commands.list()).some((process) => process.pid === pid))
  })

  withSandbox('an automatic pause', { timeoutMs: 2000, ...autoPause[name] }, async (sandbox) => {
    await sandbox.commands.run('echo kept > file')
    while ((await sandbox.getInfo()).state === 'running') await sleep(20)
    const again = await Sandbox.connect(sandbox.sandboxId)
    assert.equal((await again.commands.run('cat file')).stdout, 'kept\n')
  })
}
