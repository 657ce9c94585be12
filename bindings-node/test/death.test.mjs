// Whoever is in the middle of something when a sandbox dies, or is paused, learns it at once.
import './runtime.mjs'

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Sandbox, SandboxNotRunningError } from 'sandspan'

/** Within how many milliseconds after the end everybody must know: a second, with an allowance for a
 * loaded machine. */
const SOON = 5000

const TICK = 10

const PIECE = new Uint8Array(65536)

/** A file whose end never comes; `flowing` is called when some of it has gone. */
function endless(flowing) {
  let pieces = 0
  const pull = (controller) => {
    if (pieces++ === 0) return controller.enqueue(PIECE)
    flowing()
    return new Promise(() => {})
  }
  return new ReadableStream({ pull }, { highWaterMark: 0 })
}

async function download(sandbox) {
  for await (const _ of await sandbox.files.read('large', { format: 'stream' })) continue
}

for (const end of ['kill', 'pause']) {
  test(`everybody is told of a ${end}, and timers go on`, async () => {
    const sandbox = await Sandbox.create()
    await sandbox.commands.run('truncate -s 4G large')
    const command = await sandbox.commands.run('sleep 1000', { background: true })
    const terminal = await sandbox.pty.create({ cols: 80, rows: 24, onData: () => {} })
    let unwatched, flows
    const watched = new Promise((_, reject) => (unwatched = reject))
    await sandbox.files.watchDir('/tmp', () => {}, { onExit: unwatched })
    const flowing = new Promise((resolve) => (flows = resolve))
    const calls = {
      command: command.wait(),
      terminal: terminal.wait(),
      download: download(sandbox),
      upload: sandbox.files.write('up', endless(flows)),
      watch: watched,
    }
    const settled = Promise.allSettled(Object.values(calls))
    await flowing

    let longest = 0
    let before = performance.now()
    const ticking = setInterval(() => {
      const now = performance.now()
      longest = Math.max(longest, now - before)
      before = now
    }, TICK)
    await Sandbox[end](sandbox.sandboxId)
    const outcomes = await Promise.race([settled, setTimeout(SOON, 'late')])
    clearInterval(ticking)

    assert.notEqual(outcomes, 'late')
    for (const [number, name] of Object.keys(calls).entries()) {
      const { reason } = outcomes[number]
      assert.ok(reason instanceof SandboxNotRunningError, `${name}: ${reason}`)
    }
    assert.ok(longest < SOON, `nothing ticked for ${longest} ms`)
    await Sandbox.kill(sandbox.sandboxId)
  })
}
