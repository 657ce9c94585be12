import './runtime.mjs'

import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { before, test } from 'node:test'
import { CommandExitError, CommandHandle, NotFoundError, Sandbox } from 'sandspan'

let sandbox
before(async () => {
  sandbox = await Sandbox.create({ timeoutMs: 120_000 })
})

test('callbacks get all output, in order, before the call resolves', async () => {
  const pieces = { out: '', err: '' }
  const result = await sandbox.commands.run('for i in 1 2 3; do echo $i; echo e$i >&2; done', {
    onStdout: (text) => {
      pieces.out += text
    },
    onStderr: async (text) => {
      await new Promise(setImmediate)
      pieces.err += text
    },
  })
  assert.deepEqual(result, { exitCode: 0, stdout: '1\n2\n3\n', stderr: 'e1\ne2\ne3\n' })
  assert.deepEqual(pieces, { out: result.stdout, err: result.stderr })
})

test('another exit code than 0 is an error with the result', async () => {
  await assert.rejects(sandbox.commands.run('echo out; echo err >&2; exit 3'), (error) => {
    assert.ok(error instanceof CommandExitError)
    const { name, message, code, exitCode, stdout, stderr } = error
    assert.deepEqual(
      { name, message, code, exitCode, stdout, stderr, error: error.error },
      {
        name: 'CommandExitError',
        message: 'exit status 3',
        code: 'COMMAND_EXIT',
        exitCode: 3,
        stdout: 'out\n',
        stderr: 'err\n',
        error: 'exit status 3',
      },
    )
    return true
  })
})

const FAILING = {
  throws() {
    throw new RangeError('mine')
  },
  async rejects() {
    throw new RangeError('mine')
  },
}

for (const [kind, onStdout] of Object.entries(FAILING)) {
  test(`a callback that ${kind} ends the call with its error`, async () => {
    const command = 'echo hello; sleep 100'
    await assert.rejects(sandbox.commands.run(command, { onStdout }), RangeError)
    const handle = await sandbox.commands.run(command, { onStdout, background: true })
    await assert.rejects(handle.wait(), RangeError)
    await assert.rejects(handle.wait(), RangeError)
    assert.equal(await handle.kill(), true)
  })
}

test('a handle follows a command until it disconnects', async () => {
  const pieces = new EventEmitter()
  const handle = await sandbox.commands.run('cat', {
    background: true,
    stdin: true,
    onStdout: (text) => pieces.emit('piece', text),
  })
  assert.ok(handle instanceof CommandHandle)
  assert.deepEqual([handle.exitCode, handle.error], [undefined, undefined])
  // A command that is followed keeps nothing alive, so a timer does until its output is here.
  const deadline = setTimeout(() => pieces.emit('error', new Error('no output')), 10_000)
  const received = once(pieces, 'piece')
  await handle.sendStdin('one\n')
  assert.deepEqual(await received, ['one\n'])
  clearTimeout(deadline)
  assert.equal(handle.stdout, 'one\n')

  pieces.on('piece', () => assert.fail('a callback was called after disconnect'))
  await handle.disconnect()
  const again = await sandbox.commands.connect(handle.pid)
  await sandbox.commands.sendStdin(handle.pid, new TextEncoder().encode('two\n'))
  await again.closeStdin()
  assert.deepEqual(await again.wait(), { exitCode: 0, stdout: 'two\n', stderr: '' })
  assert.equal(again.exitCode, 0)
})

test('processes are listed, and killed by pid', async () => {
  const handle = await sandbox.commands.run('sleep 100', { background: true, envs: { A: 'b' } })
  const listed = (await sandbox.commands.list()).find(({ pid }) => pid === handle.pid)
  assert.deepEqual([listed.cmd, listed.args, listed.envs.A], [
    '/bin/bash',
    ['-l', '-c', 'sleep 100'],
    'b',
  ])
  assert.equal(await sandbox.commands.kill(handle.pid), true)
  await assert.rejects(handle.wait(), CommandExitError)
  assert.equal(await sandbox.commands.kill(handle.pid), false)
  await assert.rejects(sandbox.commands.connect(4_000_000), NotFoundError)
})

test('wrong values are named', async () => {
  const { commands } = sandbox
  await assert.rejects(commands.run(5), /cmd must be a string, got 5/)
  await assert.rejects(commands.run('true', { timeoutMs: '5' }), /timeoutMs .* got '5'/)
  await assert.rejects(commands.run('true', { timeoutMs: -1 }), /timeoutMs.*-1/)
  await assert.rejects(commands.run('true', { onStdout: 'x' }), /onStdout must be a function/)
  await assert.rejects(commands.kill('5'), /pid must be a whole number, got '5'/)
  await assert.rejects(commands.sendStdin(5, 5), /data must be a string or a Uint8Array, got 5/)
  assert.throws(() => sandbox.getHost(65536), /port .* got 65536/)
})
