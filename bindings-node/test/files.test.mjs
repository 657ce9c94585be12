import './runtime.mjs'

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { FileNotFoundError, FileType, Sandbox, SandboxNotRunningError } from 'sandspan'

const MIB = 1 << 20

let sandbox
before(async () => {
  sandbox = await Sandbox.create({ timeoutMs: 300_000 })
})

async function sumOf(path) {
  const { stdout } = await sandbox.commands.run(`sha256sum < ${path}; stat -c %s ${path}`)
  return stdout
}

/** So many pieces of 1 MiB, made when they are asked for. */
function pieces(count, onCancel) {
  let left = count
  return new ReadableStream(
    {
      pull(controller) {
        if (left-- > 0) controller.enqueue(new Uint8Array(MIB).fill(left))
        else controller.close()
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  )
}

/** How much memory a call needs at most beside what was in use before it, in bytes. */
async function growth(call) {
  const memory = (name) => {
    const status = readFileSync('/proc/self/status', 'utf8')
    return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) * 1024
  }
  // Sets the peak back to what is used now.
  writeFileSync('/proc/self/clear_refs', '5')
  const used = memory('VmRSS')
  await call()
  return memory('VmHWM') - used
}

const SAME = {
  'a string': 'zwölf\n',
  'an ArrayBuffer': new TextEncoder().encode('zwölf\n').buffer,
  'a part of a Uint8Array': new TextEncoder().encode('-zwölf\n-').subarray(1, -1),
  'a Buffer': Buffer.from('zwölf\n'),
  'a Blob': new Blob(['zw', 'ölf\n']),
  'a ReadableStream of a Blob': new Blob(['zwölf\n']).stream(),
  'a ReadableStream of strings': ReadableStream.from
    ? ReadableStream.from(['zwö', 'lf\n'])
    : new Blob(['zwölf\n']).stream(),
  'an async generator': (async function* () {
    yield 'zw'
    yield new TextEncoder().encode('ölf\n')
  })(),
}

for (const [name, data] of Object.entries(SAME)) {
  test(`${name} can be written`, async () => {
    const written = await sandbox.files.write('same.txt', data)
    assert.equal(written.path, '/home/user/same.txt')
    assert.equal(await sandbox.files.read('same.txt'), 'zwölf\n')
  })
}

test('a file is read in each form', async () => {
  await sandbox.files.write('forms', 'öl')
  const bytes = await sandbox.files.read('forms', { format: 'bytes' })
  assert.ok(bytes instanceof Uint8Array)
  assert.deepEqual([...bytes], [0xc3, 0xb6, 0x6c])
  const blob = await sandbox.files.read('forms', { format: 'blob' })
  assert.ok(blob instanceof Blob)
  assert.equal(await blob.text(), 'öl')
  const stream = await sandbox.files.read('forms', { format: 'stream' })
  assert.ok(stream instanceof ReadableStream)
  assert.equal(await new Response(stream).text(), 'öl')
  await assert.rejects(sandbox.files.read('forms', { format: 'lines' }), /format .*'lines'/)
  assert.equal((await sandbox.files.getInfo('forms')).type, FileType.FILE)
})

test('streams of any size need little memory, and leave time for others', async () => {
  const count = 400
  let longest = 0
  let last = performance.now()
  const ticking = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 5)
  const needed = await growth(async () => {
    await sandbox.files.write('large', pieces(count))
    let length = 0
    const stream = await sandbox.files.read('large', { format: 'stream' })
    for await (const piece of stream) length += piece.length
    assert.equal(length, count * MIB)
  })
  clearInterval(ticking)
  // What V8 has not freed yet is part of it.
  assert.ok(needed < (count / 2) * MIB, `${needed / MIB} MiB`)
  // Half a second, with an allowance for a loaded machine.
  assert.ok(longest < 5000, `nothing else ran for ${longest} ms`)
})

test('a download goes no faster than it is read, and ends when it is cancelled', async () => {
  await sandbox.commands.run('truncate -s 8G sparse')
  const stream = await sandbox.files.read('sparse', { format: 'stream' })
  const needed = await growth(async () => {
    const reader = stream.getReader()
    assert.ok((await reader.read()).value.length > 0)
    await reader.cancel()
    assert.equal((await reader.read()).done, true)
  })
  assert.ok(needed < 96 * MIB, `${needed / MIB} MiB`)
})

test('what a source throws is what the call throws, and nothing of the file is left', async () => {
  const mine = new RangeError('mine')
  const { stack } = mine
  async function* failing() {
    yield new Uint8Array(3 * MIB)
    throw mine
  }
  await assert.rejects(sandbox.files.write('failed', failing()), (error) => error === mine)
  assert.equal(mine.stack, stack)
  assert.equal(await sandbox.files.exists('failed'), false)
  const wrong = (async function* () {
    yield 5
  })()
  await assert.rejects(sandbox.files.write('failed', wrong), /each piece of a stream must be/)
  await assert.rejects(sandbox.files.write('failed', undefined), /the data .* must be a string/)
  assert.equal(await sandbox.files.exists('failed'), false)
})

test('files are written together, streams among them', async () => {
  const data = [pieces(3), 'two', new Blob(['three'])]
  const files = data.map((data, position) => ({ path: `together/${position}`, data }))
  const written = await sandbox.files.write(files)
  assert.deepEqual(
    written.map(({ name }) => name),
    ['0', '1', '2'],
  )
  assert.match(await sumOf('together/0'), new RegExp(`\n${3 * MIB}\n`))
  assert.equal(await sandbox.files.read('together/2'), 'three')
  assert.deepEqual(await sandbox.files.write([]), [])
})

test('an error has the stack of the code that waits', async () => {
  async function caller() {
    await sandbox.files.read('none')
  }
  const error = await caller().catch((error) => error)
  assert.ok(error instanceof FileNotFoundError, String(error))
  assert.match(error.stack, /at async caller /)
})

test('an upload into a sandbox that is killed fails, and its source is cancelled', async () => {
  const other = await Sandbox.create({ timeoutMs: 60_000 })
  let begun
  const flowing = new Promise((resolve) => (begun = resolve))
  let cancelled
  const cancel = new Promise((resolve) => (cancelled = resolve))
  const source = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(MIB)),
    // After the first piece it never yields again.
    pull: () => {
      begun()
      return new Promise(() => {})
    },
    cancel: cancelled,
  })
  const writing = other.files.write('never', source)
  await Promise.all([
    assert.rejects(writing, SandboxNotRunningError),
    flowing.then(() => other.kill()),
  ])
  await cancel
})

test('a download from a sandbox that is killed fails', async () => {
  const other = await Sandbox.create({ timeoutMs: 60_000 })
  await other.commands.run('truncate -s 8G sparse')
  const stream = await other.files.read('sparse', { format: 'stream' })
  const reading = (async () => {
    for await (const piece of stream) if (piece.length > 0) await other.kill()
  })()
  await assert.rejects(reading, SandboxNotRunningError)
})

test('a watch tells what happens until it is stopped', async () => {
  let ended
  const end = new Promise((resolve) => (ended = resolve))
  const events = []
  let happened
  const event = new Promise((resolve) => (happened = resolve))
  await sandbox.files.makeDir('watched')
  const onEvent = (event) => {
    events.push(`${event.type} ${event.name}`)
    if (event.type === 'write') happened()
  }
  const watch = await sandbox.files.watchDir('watched', onEvent, { onExit: (...end) => ended(end) })
  await sandbox.files.write('watched/new', 'x')
  await event
  assert.ok(events.includes('create new'), String(events))
  await watch.stop()
  await watch.stop()
  assert.deepEqual(await end, [undefined])
})

test('what a watch calls back ends it when it throws', async () => {
  const mine = new RangeError('mine')
  await sandbox.files.makeDir('throwing')
  const end = new Promise((resolve) => {
    const onEvent = () => {
      throw mine
    }
    const watching = sandbox.files.watchDir('throwing', onEvent, { onExit: resolve })
    void watching.then(() => sandbox.files.write('throwing/new', 'x'))
  })
  assert.equal(await end, mine)
})

test('a watch ends with the sandbox', async () => {
  const other = await Sandbox.create({ timeoutMs: 60_000 })
  const end = new Promise((resolve) => {
    const watching = other.files.watchDir('.', () => {}, { onExit: resolve })
    void watching.then(() => other.kill())
  })
  assert.ok((await end) instanceof SandboxNotRunningError, String(await end))
})
