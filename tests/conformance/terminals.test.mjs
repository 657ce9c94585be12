// Terminals, with the published clients for JavaScript, unmodified.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Heard, withEach } from './clients.mjs'

class Terminal {
  heard = new Heard()

  /** Opens one and keeps what it shows. */
  static async open(sandbox, opened) {
    const terminal = new Terminal()
    terminal.sandbox = sandbox
    terminal.handle = await opened({ onData: terminal.heard.listen })
    terminal.pid = terminal.handle.pid
    terminal.ended = terminal.handle.wait().then(
      ({ exitCode }) => exitCode,
      (error) => error.exitCode ?? Promise.reject(error),
    )
    return terminal
  }

  enter(line) {
    return this.sandbox.pty.sendInput(this.pid, new TextEncoder().encode(`${line}\n`))
  }

  until(text, times = 1) {
    return this.heard.until((pieces) => Buffer.concat(pieces).toString().split(text).length > times)
  }

  async close() {
    await this.sandbox.pty.kill(this.pid)
    await this.ended
  }
}

withEach((client, shared) => {
  const withTerminal = (title, options, use) =>
    test(title, async () => {
      const { sandbox } = shared
      const terminal = await Terminal.open(sandbox, (heard) =>
        sandbox.pty.create({ cols: 100, rows: 30, ...heard, ...options }),
      )
      try {
        await use(terminal, sandbox)
      } finally {
        await terminal.close()
      }
    })

  withTerminal('a login shell', {}, async (terminal) => {
    await terminal.enter("echo $TERM=$LANG=$LC_ALL; shopt -q login_shell && echo log''in; pwd")
    await terminal.until('xterm-256color=C.UTF-8=C.UTF-8')
    await terminal.until('login')
    await terminal.until('/home/user\r\n')
  })

  const options = { cwd: '/tmp', user: 'root', envs: { TERM: 'dumb', NAME: 'value' } }
  withTerminal('where, with what and as whom', options, async (terminal) => {
    await terminal.enter('echo $PWD=$USER=$TERM=$NAME')
    await terminal.until('/tmp=root=dumb=value')
  })

  withTerminal('its size', {}, async (terminal, { pty }) => {
    await terminal.enter('stty size')
    await terminal.until('30 100\r\n')
    await pty.resize(terminal.pid, { cols: 132, rows: 50 })
    await terminal.enter('stty size')
    await terminal.until('50 132\r\n')
  })

  withTerminal('keys are signals', {}, async (terminal, { pty }) => {
    await terminal.enter("PS1=prom''pt:")
    await terminal.until('prompt:')
    // Whoever says that it runs is the one that the signal is for.
    await terminal.enter("sh -c 'echo run''ning; exec sleep 1000'")
    await terminal.until('running')
    await pty.sendInput(terminal.pid, new Uint8Array([3]))
    await terminal.until('prompt:', 2)
    await terminal.enter('echo code $?')
    await terminal.until('code 130')
  })

  withTerminal('it ends with its shell', {}, async (terminal, { commands }) => {
    await terminal.enter('exit 7')
    assert.equal(await terminal.ended, 7)
    assert.ok((await commands.list()).every(({ pid }) => pid !== terminal.pid))
  })

  withTerminal('it is killed', {}, async (terminal, { pty }) => {
    assert.ok(await pty.kill(terminal.pid))
    assert.equal(await terminal.ended, -1)
    assert.equal(await pty.kill(terminal.pid), false)
  })

  withTerminal('two look at it', {}, async (terminal, sandbox) => {
    const other = await Terminal.open(sandbox, (heard) => sandbox.pty.connect(terminal.pid, heard))
    await other.enter("echo seen by bo''th")
    await terminal.until('seen by both')
    await other.until('seen by both')
    await terminal.enter('exit 0')
    assert.deepEqual(await Promise.all([terminal.ended, other.ended]), [0, 0])
  })

  test('what is not there or of another kind', async () => {
    const { pty, commands } = shared.sandbox
    const pid = 4_000_000
    assert.equal(await pty.kill(pid), false)
    await assert.rejects(pty.sendInput(pid, new Uint8Array([0])), client.NotFoundError)
    await assert.rejects(pty.resize(pid, { cols: 1, rows: 1 }), client.NotFoundError)
    const command = await commands.run('sleep 1000', { background: true })
    await assert.rejects(pty.resize(command.pid, { cols: 1, rows: 1 }), /tty not assigned/)
    assert.ok(await command.kill())
    await assert.rejects(command.wait(), client.CommandExitError)
  })
})
