import './runtime.mjs'

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { NotFoundError, Sandbox, SandboxNotRunningError } from 'sandspan'

let sandbox
before(async () => {
  sandbox = await Sandbox.create({ timeoutMs: 120_000 })
})

/** A terminal, its end, and a function that waits until it showed a text. */
async function terminal(from = sandbox) {
  let shown = ''
  let look = () => {}
  const handle = await from.pty.create({
    cols: 80,
    rows: 24,
    onData: (bytes) => {
      assert.ok(bytes instanceof Uint8Array)
      shown += Buffer.from(bytes).toString()
      look()
    },
  })
  const until = (text) =>
    new Promise((resolve) => {
      look = () => shown.includes(text) && resolve(shown)
      look()
    })
  // A terminal that nobody waits for does not keep a script alive.
  const end = handle.wait()
  end.catch(() => undefined)
  return { handle, end, until }
}

test('what is typed into a terminal comes back as bytes', async () => {
  const { handle, end, until } = await terminal()
  await sandbox.pty.sendInput(handle.pid, new TextEncoder().encode('echo "six=$((2 * 3))"\n'))
  await until('six=6')
  await sandbox.pty.resize(handle.pid, { cols: 100, rows: 40 })
  {
    const input = await sandbox.pty.streamInput(handle.pid)
    assert.equal(input.pid, handle.pid)
    await input.send('stty size; exit\n')
    await input.close()
  }
  await until('40 100')
  assert.deepEqual(await end, { exitCode: 0, stdout: '', stderr: '' })
  await assert.rejects(sandbox.pty.sendInput(handle.pid, 'x'), NotFoundError)
  assert.equal(await sandbox.pty.kill(handle.pid), false)
})

test('what onData throws ends the call', async () => {
  const mine = new RangeError('mine')
  const onData = () => {
    throw mine
  }
  const handle = await sandbox.pty.create({ cols: 80, rows: 24, onData })
  await assert.rejects(handle.wait(), (error) => error === mine)
  assert.equal(await sandbox.pty.kill(handle.pid), true)
})

test('a terminal ends with its sandbox', async () => {
  const other = await Sandbox.create({ timeoutMs: 60_000 })
  const { end } = await terminal(other)
  await Promise.all([assert.rejects(end, SandboxNotRunningError), other.kill()])
})

test('wrong arguments are told', async () => {
  const onData = () => {}
  await assert.rejects(sandbox.pty.create({ rows: 24, onData }), /cols must be a whole number/)
  await assert.rejects(sandbox.pty.create({ cols: 0, rows: 24, onData }), /terminal size/)
  await assert.rejects(sandbox.pty.create({ cols: 80, rows: 24 }), /onData must be a function/)
  await assert.rejects(sandbox.pty.resize(1, { cols: 80 }), /rows must be a whole number/)
  await assert.rejects(sandbox.pty.sendInput(1, 5), /data must be a string or a Uint8Array/)
})
