// Files, with the published clients for JavaScript, unmodified.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { newFolder, owner, withEach } from './clients.mjs'

const text = 'first line\nзвук 音 🎵\n'
const bytes = new TextEncoder().encode(text)
const large = new Uint8Array(randomBytes(3_000_000))

const streamOf = (data) =>
  new ReadableStream({
    start(controller) {
      for (let start = 0; start < data.length; start += 70_000) {
        controller.enqueue(data.slice(start, start + 70_000))
      }
      controller.close()
    },
  })

async function collected(stream) {
  const pieces = []
  for await (const piece of stream) pieces.push(piece)
  return new Uint8Array(Buffer.concat(pieces))
}

const forms = {
  string: () => text,
  ArrayBuffer: () => bytes.buffer.slice(0, bytes.length),
  Blob: () => new Blob([bytes]),
  ReadableStream: () => streamOf(bytes),
}
const ways = { plain: {}, 'octet-stream': { useOctetStream: true }, gzip: { gzip: true } }

withEach((client, shared) => {
  for (const [form, data] of Object.entries(forms)) {
    for (const [way, options] of Object.entries(ways)) {
      test(`a write and a read: ${form}, ${way}`, async () => {
        const { files, commands } = shared.sandbox
        const folder = await newFolder(shared.sandbox)
        const { name, path } = await files.write(`${folder}/new/text`, data(), options)
        assert.deepEqual([name, path], ['text', `${folder}/new/text`])
        assert.equal((await commands.run(`cat ${path}`)).stdout, text)
        const read = (format) => files.read(path, { format, gzip: way === 'gzip' })
        assert.equal(await read('text'), text)
        assert.deepEqual(await read('bytes'), bytes)
        assert.equal(await (await read('blob')).text(), text)
        assert.deepEqual(await collected(await read('stream')), bytes)
      })
    }
  }

  test('contents are kept', async () => {
    const { files } = shared.sandbox
    const folder = await newFolder(shared.sandbox)
    for (const data of [new Uint8Array(), new Uint8Array([0, 255, 254]), large]) {
      const copies = { buffer: data.slice().buffer, stream: streamOf(data) }
      for (const [name, copy] of Object.entries(copies)) {
        await files.write(`${folder}/${name}`, copy)
        assert.deepEqual(await files.read(`${folder}/${name}`, { format: 'bytes' }), data)
        const stream = await files.read(`${folder}/${name}`, { format: 'stream' })
        assert.deepEqual(await collected(stream), data)
      }
    }
  })

  test('several files at once', async () => {
    const { files } = shared.sandbox
    const folder = await newFolder(shared.sandbox)
    const entries = [
      { path: `${folder}/a`, data: 'one' },
      { path: `${folder}/deep/b c+&=é`, data: new Blob(['two']) },
    ]
    const paths = entries.map(({ path }) => path)
    for (const write of [files.write, files.writeFiles]) {
      const written = await write.call(files, entries)
      assert.deepEqual(written.map(({ path }) => path), paths)
    }
    const contents = await Promise.all(paths.map((path) => files.read(path)))
    assert.deepEqual(contents, ['one', 'two'])
    assert.deepEqual(await files.write([]), [])
  })

  test('information and a list', async () => {
    const { files, commands } = shared.sandbox
    const folder = await newFolder(shared.sandbox)
    await files.write(`${folder}/b/file`, '12345')
    await commands.run('chmod 640 b/file; ln -s b/file a', { cwd: folder })
    const info = await files.getInfo(`${folder}/b/file`)
    assert.deepEqual([info.name, info.path, info.type], ['file', `${folder}/b/file`, 'file'])
    assert.deepEqual([info.size, info.mode, info.permissions], [5, 0o640, '-rw-r-----'])
    const user = await owner(shared.sandbox)
    assert.deepEqual([info.owner, info.group], [user, user])
    assert.ok(Math.abs(Date.now() - info.modifiedTime) < 60_000)
    assert.equal((await files.getInfo(`${folder}/a`)).symlinkTarget, `${folder}/b/file`)
    const names = async (options) => (await files.list(folder, options)).map(({ path }) => path)
    assert.deepEqual(await names(), [`${folder}/a`, `${folder}/b`])
    assert.deepEqual(await names({ depth: 2 }), [`${folder}/a`, `${folder}/b`, `${folder}/b/file`])
    await assert.rejects(files.list(folder, { depth: 0 }), client.InvalidArgumentError)
  })

  test('directories and renames', async () => {
    const { files } = shared.sandbox
    const folder = await newFolder(shared.sandbox)
    assert.equal(await files.makeDir(`${folder}/a/b`), true)
    assert.equal(await files.makeDir(`${folder}/a/b`), false)
    await files.write(`${folder}/a/b/old`, 'kept')
    const moved = await files.rename(`${folder}/a/b/old`, `${folder}/new`)
    assert.deepEqual([moved.name, moved.path, moved.size], ['new', `${folder}/new`, 4])
    assert.equal(await files.exists(`${folder}/a/b/old`), false)
    assert.equal(await files.read(`${folder}/new`), 'kept')
    await files.remove(`${folder}/a`)
    await files.remove(`${folder}/a`)
    assert.equal(await files.exists(`${folder}/a`), false)
    const { FileNotFoundError } = client
    await assert.rejects(files.rename(`${folder}/a`, `${folder}/b`), FileNotFoundError)
  })

  test('what is not there or of another kind', async () => {
    const { files } = shared.sandbox
    const folder = await newFolder(shared.sandbox)
    for (const method of ['read', 'getInfo', 'list']) {
      await assert.rejects(files[method](`${folder}/missing`), client.FileNotFoundError, method)
    }
    await files.write(`${folder}/file`, '')
    await assert.rejects(files.read(folder), client.InvalidArgumentError)
    await assert.rejects(files.write(folder, ''), client.InvalidArgumentError)
    await assert.rejects(files.list(`${folder}/file`), client.InvalidArgumentError)
    await assert.rejects(files.write(`${folder}/file/below`, ''), client.SandboxError)
  })

  test('users', async () => {
    const { files } = shared.sandbox
    const user = 'root'
    assert.equal((await files.write('of-root', 'a', { user })).path, '/root/of-root')
    assert.equal(await files.read('/root/of-root'), 'a')
    assert.equal((await files.getInfo('of-root', { user })).owner, 'root')
    const unknown = { user: 'nobody-known' }
    const { AuthenticationError } = client
    await assert.rejects(files.read('file', unknown), AuthenticationError)
    await assert.rejects(files.write('file', '', unknown), AuthenticationError)
    await assert.rejects(files.list('.', unknown), AuthenticationError)
  })

  test('metadata', { skip: !client.isNewest && 'it has none' }, async () => {
    const { files } = shared.sandbox
    const folder = await newFolder(shared.sandbox)
    const metadata = { purpose: 'conformance, of all' }
    for (const options of Object.values(ways)) {
      const written = await files.write(`${folder}/file`, '', { metadata, ...options })
      assert.deepEqual(written.metadata, metadata)
      assert.deepEqual((await files.getInfo(`${folder}/file`)).metadata, metadata)
      assert.deepEqual((await files.list(folder))[0].metadata, metadata)
    }
    await files.write(`${folder}/file`, '')
    assert.equal((await files.getInfo(`${folder}/file`)).metadata, undefined)
  })
})
