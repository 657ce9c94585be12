// Watched directories, with the published clients for JavaScript, unmodified.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Heard, newFolder, owner, withEach } from './clients.mjs'

const told = (events) => events.map(({ name, type }) => `${name} ${type}`)

/** Whether all expected events are among what came. */
const has =
  (...expected) =>
  (events) =>
    expected.every((event) => told(events).includes(event))

withEach((client, shared) => {
  const withWatch = (title, options, use, prepare = () => {}) =>
    test(title, async () => {
      const { sandbox } = shared
      const folder = await newFolder(sandbox)
      await prepare(sandbox, folder)
      const heard = new Heard()
      const ended = new Heard()
      const handle = await sandbox.files.watchDir(folder, heard.listen, {
        onExit: ended.listen,
        ...options,
      })
      await use({ ...sandbox, heard, folder })
      await handle.stop()
      // With an error, though the end was asked for: that is how these clients stop.
      await ended.until(({ length }) => length === 1)
    })

  for (const useOctetStream of [false, true]) {
    const title = `an upload is three events, ${useOctetStream ? 'octet-stream' : 'form'}`
    withWatch(title, {}, async ({ files, heard, folder }) => {
      await files.write(`${folder}/file`, 'new', { useOctetStream })
      await files.makeDir(`${folder}/end`)
      const events = told(await heard.until(has('end create')))
      assert.deepEqual(events.slice(0, 4), ['file create', 'file chmod', 'file write', 'end create'])
    })
  }

  withWatch('what commands do', {}, async ({ commands, heard, folder }) => {
    await commands.run('echo a > a; chmod 600 a; mv a b; rm b; mkdir c', { cwd: folder })
    assert.deepEqual(told(await heard.until(has('c create'))), [
      'a create',
      'a write',
      'a chmod',
      'a rename',
      'b create',
      'b remove',
      'c create',
    ])
  })

  withWatch(
    'below a directory',
    { recursive: true },
    async ({ files, heard, folder }) => {
      await files.write(`${folder}/there/already/file`, 'new')
      await heard.until(has('there/already/file create', 'there/already/file write'))
      await files.makeDir(`${folder}/later`)
      await heard.until(has('later create'))
      await files.write(`${folder}/later/file`, 'new')
      await heard.until(has('later/file create'))
    },
    ({ files }, folder) => files.makeDir(`${folder}/there/already`),
  )

  if (client.isNewest) {
    withWatch('what an event is about', { includeEntry: true }, async ({ files, heard, folder }) => {
      await files.write(`${folder}/file`, '12')
      await files.remove(`${folder}/file`)
      const events = await heard.until(has('file remove'))
      const { entry } = events.find(({ type }) => type === 'write')
      assert.deepEqual([entry.path, entry.size, entry.owner], [`${folder}/file`, 2, await owner(shared.sandbox)])
      assert.equal(events.find(({ type }) => type === 'remove').entry, undefined)
    })
  }

  test('its timeout is its end', async () => {
    const folder = await newFolder(shared.sandbox)
    const ended = new Heard()
    const options = { onExit: ended.listen, timeoutMs: 2000 }
    await shared.sandbox.files.watchDir(folder, () => {}, options)
    const [error] = await ended.until(({ length }) => length > 0)
    assert.ok(error instanceof client.TimeoutError, String(error))
  })

  test('what cannot be watched', async () => {
    const { files } = shared.sandbox
    const folder = await newFolder(shared.sandbox)
    const watch = (path) => files.watchDir(path, () => {})
    await assert.rejects(watch(`${folder}/missing`), client.FileNotFoundError)
    await files.write(`${folder}/file`, '')
    await assert.rejects(watch(`${folder}/file`), client.InvalidArgumentError)
  })
})
