import './runtime.mjs'

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sandbox } from 'sandspan'

import { runScript } from './child.mjs'

const SCRIPTS = {
  'a sandbox runs': ``,
  'a command runs in the background': `
    await sandbox.commands.run('sleep 60', { background: true })`,
  'its end is waited for by a callback': `
    sandbox.onEnd(() => {})`,
  'it is kept alive': `
    await sandbox.keepAlive()`,
  'a command is being followed': `
    const deadline = setTimeout(() => process.exit(1), 10_000)
    await sandbox.commands.run('echo on; sleep 60', {
      background: true,
      onStdout: () => clearTimeout(deadline),
    })`,
}

for (const [situation, steps] of Object.entries(SCRIPTS)) {
  test(`a finished script exits at once although ${situation}`, async () => {
    const { code, stdout, stderr, lingered } = await runScript(`
      import { Sandbox } from 'sandspan'
      const sandbox = await Sandbox.create({ timeoutMs: 60_000 })
      ${steps}
      process.stdout.write(sandbox.sandboxId)`)
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.ok(lingered < 1000, `it lingered for ${lingered} ms`)
    assert.equal(await Sandbox.kill(stdout), true)
  })
}

test('an awaited call keeps a script alive', async () => {
  const { code, stdout } = await runScript(`
    import { Sandbox } from 'sandspan'
    const sandbox = await Sandbox.create({ timeoutMs: 60_000 })
    const handle = await sandbox.commands.run('sleep 0.5; echo done', {
      background: true,
      onStdout: (text) => process.stdout.write(text),
    })
    await handle.wait()
    await sandbox.kill()`)
  assert.deepEqual({ code, stdout }, { code: 0, stdout: 'done\n' })
})
