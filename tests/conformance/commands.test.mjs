// Commands, with the published clients for JavaScript, unmodified.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until, withEach, withSandbox } from './clients.mjs'

const pids = async (sandbox) => (await sandbox.commands.list()).map(({ pid }) => pid)

async function running(sandbox, name) {
  const count = `cat /proc/[0-9]*/stat 2>&- | grep -c '(${name}) [RSD]' || true`
  return Number((await sandbox.commands.run(count)).stdout)
}

withEach((client, shared) => {
  test('where, with what and as whom', async () => {
    const { commands } = shared.sandbox
    const where = await commands.run('pwd; echo $NAME $USER', { cwd: '/tmp', envs: { NAME: 'value' } })
    assert.equal(where.stdout, '/tmp\nvalue user\n')
    const whom = await commands.run('echo $USER; pwd; id -u', { user: 'root' })
    assert.equal(whom.stdout, 'root\n/root\n0\n')
  })

  test('output is called back', async () => {
    const out = []
    const err = []
    const result = await shared.sandbox.commands.run(
      "echo one; echo two >&2; head -c 300000 /dev/zero | tr '\\0' x; printf '\\342\\202\\254'",
      { onStdout: (text) => out.push(text), onStderr: (text) => err.push(text) },
    )
    assert.equal(result.stdout, `one\n${'x'.repeat(300000)}€`)
    assert.equal(result.stderr, 'two\n')
    assert.deepEqual([out.join(''), err.join('')], [result.stdout, result.stderr])
  })

  test('what cannot be started', async () => {
    const { commands } = shared.sandbox
    await assert.rejects(commands.run('no-such-command'), (error) => {
      assert.ok(error instanceof client.CommandExitError)
      assert.equal(error.exitCode, 127)
      return true
    })
    const { AuthenticationError, InvalidArgumentError } = client
    await assert.rejects(commands.run('true', { user: 'nobody-known' }), AuthenticationError)
    await assert.rejects(commands.run('true', { cwd: '/missing' }), InvalidArgumentError)
  })

  test('a timeout ends the command', () =>
    withSandbox(client, {}, async (sandbox) => {
      const command = sandbox.commands.run('sleep 1000 & sleep 1000', { timeoutMs: 300 })
      await assert.rejects(command, client.TimeoutError)
      await until(async () => (await pids(sandbox)).length === 0)
      await until(async () => (await running(sandbox, 'sleep')) === 0)
    }))

  test('a list tells what runs', () =>
    withSandbox(client, {}, async (sandbox) => {
      const options = { background: true, cwd: '/tmp', envs: { NAME: 'value' } }
      const command = await sandbox.commands.run('sleep 1000', options)
      const [{ pid, cmd, args, cwd, envs }] = await sandbox.commands.list()
      assert.deepEqual([pid, cmd, args], [command.pid, '/bin/bash', ['-l', '-c', 'sleep 1000']])
      assert.deepEqual([cwd, envs], ['/tmp', { NAME: 'value' }])
    }))

  test('kill takes the whole tree', () =>
    withSandbox(client, {}, async (sandbox) => {
      const tree = 'sleep 1000 & setsid sleep 1000 & (sleep 1000 & wait) & wait'
      const command = await sandbox.commands.run(tree, { background: true })
      await until(async () => (await running(sandbox, 'sleep')) === 3)
      assert.ok(await sandbox.commands.kill(command.pid))
      await assert.rejects(command.wait(), client.CommandExitError)
      await until(async () => (await running(sandbox, 'sleep')) === 0)
      assert.equal(await sandbox.commands.kill(command.pid), false)
    }))

  test('standard input and its end', async () => {
    const { commands } = shared.sandbox
    const command = await commands.run('cat; echo end', { background: true, stdin: true })
    await commands.sendStdin(command.pid, 'one\ntw')
    await commands.sendStdin(command.pid, new TextEncoder().encode('o €\n'))
    await commands.closeStdin(command.pid)
    assert.equal((await command.wait()).stdout, 'one\ntwo €\nend\n')
  })

  test('without standard input', async () => {
    const { commands } = shared.sandbox
    assert.equal((await commands.run('cat')).stdout, '')
    const command = await commands.run('sleep 1000', { background: true })
    await assert.rejects(commands.sendStdin(command.pid, 'lost'), /stdin not enabled or closed/)
    assert.ok(await command.kill())
    await assert.rejects(command.wait(), client.CommandExitError)
  })

  test('a connection by pid', async () => {
    const { commands } = shared.sandbox
    const first = await commands.run('head -n 2', { background: true, stdin: true })
    await first.disconnect()
    assert.ok((await pids(shared.sandbox)).includes(first.pid))
    const second = await commands.connect(first.pid)
    const third = await commands.connect(first.pid)
    await commands.sendStdin(first.pid, 'one\ntwo\n')
    for (const follower of [second, third]) {
      assert.equal((await follower.wait()).stdout, 'one\ntwo\n')
    }
  })

  test('a command that is not there', async () => {
    const { commands } = shared.sandbox
    const pid = 4_000_000
    assert.equal(await commands.kill(pid), false)
    const missing = (error) => error instanceof client.NotFoundError && /not found/.test(error.message)
    await assert.rejects(commands.connect(pid), missing)
    await assert.rejects(commands.sendStdin(pid, 'lost'), missing)
  })
})
