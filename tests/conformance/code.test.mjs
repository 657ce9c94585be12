// Code and its contexts, with the published clients for JavaScript, unmodified.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withSandbox } from './clients.mjs'
import { errorOf, printed, withContext, withEach } from './interpreters.mjs'

withEach((client, shared) => {
  const run = (code, options) => shared.sandbox.runCode(code, options)

  test('state between runs', async () => {
    assert.equal((await run('kept = 1; kept')).text, '1')
    const execution = await run('kept += 1\nkept')
    assert.equal(execution.text, '2')
    assert.equal((await run('')).executionCount, execution.executionCount + 1)
  })

  test('contexts are apart', () =>
    withContext(shared.sandbox, {}, async (first) =>
      withContext(shared.sandbox, { cwd: '/tmp', language: 'python' }, async (second) => {
        assert.deepEqual([first.language, first.cwd], ['python', '/home/user'])
        await run("only_here = 'first'", { context: first })
        assert.equal((await run('only_here', { context: first })).text, 'first')
        const unknown = ['NameError', "name 'only_here' is not defined"]
        assert.deepEqual(errorOf(await run('only_here', { context: second })), unknown)
        assert.deepEqual(errorOf(await run('only_here')), unknown)
        const where = await run('import os; print(os.getcwd())', { context: second })
        assert.equal(printed(where), '/tmp\n')
        const ids = (await shared.sandbox.listCodeContexts()).map(({ id }) => id)
        assert.ok(ids.includes(first.id) && ids.includes(second.id))
      }),
    ))

  test('a restart', () =>
    withContext(shared.sandbox, {}, async (context) => {
      await run('gone = 1', { context })
      await shared.sandbox.restartCodeContext(context)
      assert.equal(errorOf(await run('gone', { context }))[0], 'NameError')
    }))

  test('a context that is not there', async () => {
    const { sandbox } = shared
    const context = await sandbox.createCodeContext()
    await sandbox.removeCodeContext(context.id)
    const missing = (error) =>
      error instanceof client.NotFoundError && error.message.includes(`Context ${context.id} not found`)
    await assert.rejects(run('1', { context }), missing)
    await assert.rejects(sandbox.restartCodeContext(context), missing)
    await assert.rejects(sandbox.removeCodeContext(context), missing)
  })

  test('what cannot be asked for', async () => {
    const [context] = await shared.sandbox.listCodeContexts()
    await assert.rejects(run('1', { context, language: 'python' }), client.InvalidArgumentError)
    await assert.rejects(run('nuqneH', { language: 'klingon' }), client.SandboxError)
  })

  test('variables of the environment', () =>
    withSandbox(client, { envs: { OF_SANDBOX: 'sandbox' } }, async (sandbox) => {
      const show = "import os; print(os.getenv('OF_SANDBOX'), os.getenv('OF_RUN'))"
      assert.equal(printed(await sandbox.runCode(show)), 'sandbox None\n')
      const envs = { OF_SANDBOX: 'run', OF_RUN: 'ünd' }
      assert.equal(printed(await sandbox.runCode(show, { envs })), 'run ünd\n')
      assert.equal(printed(await sandbox.runCode(show)), 'sandbox None\n')
    }))

  test('an exception is data', async () => {
    const heard = []
    const onError = (error) => heard.push(error)
    const execution = await run("print('before')\n1 / 0", { onError })
    assert.deepEqual(errorOf(execution), ['ZeroDivisionError', 'division by zero'])
    assert.deepEqual(heard, [execution.error])
    assert.deepEqual(execution.logs.stdout, ['before\n'])
    assert.match(execution.error.traceback, /Traceback \(most recent call last\)/)
  })

  test('input is refused', async () => {
    assert.match(errorOf(await run("input('name? ')"))[0], /StdinNotImplemented/)
    assert.equal((await run('1 + 1')).text, '2')
  })

  for (const endless of ['while True: pass', 'import time; time.sleep(1000)']) {
    test(`a timeout interrupts: ${endless}`, () =>
      withContext(shared.sandbox, {}, async (context) => {
        await run('kept = 1', { context })
        const late = (error) =>
          error instanceof client.TimeoutError && /^Execution timed out/.test(error.message)
        await assert.rejects(run(endless, { context, timeoutMs: 500 }), late)
        assert.equal((await run('kept', { context, timeoutMs: 5000 })).text, '1')
      }))
  }

  for (const death of ['os._exit(3)', 'os.kill(os.getpid(), 9)']) {
    test(`a kernel that dies: ${death}`, () =>
      withContext(shared.sandbox, {}, async (context) => {
        await run('gone = 1', { context })
        // What a kernel has not sent yet dies with it, so it lives until that was heard.
        const heard = `/tmp/${context.id}`
        const code = `
import os, time
print('last', flush=True)
while not os.path.exists('${heard}'): time.sleep(0.01)
${death}`
        const onStdout = () => shared.sandbox.files.write(heard, '')
        const execution = await run(code, { context, timeoutMs: 5000, onStdout })
        assert.ok(errorOf(execution).every((text) => text))
        assert.deepEqual(execution.logs.stdout, ['last\n'])
        await shared.sandbox.restartCodeContext(context)
        assert.equal(errorOf(await run('gone', { context }))[0], 'NameError')
      }))
  }

  test('many contexts at once', async () => {
    const { sandbox } = shared
    // As a kernel takes a while to start, not every client makes the most that is promised.
    const numbers = [...Array(client.name.startsWith('novita') ? 3 : 20).keys()]
    const contexts = await Promise.all(numbers.map(() => sandbox.createCodeContext()))
    const all = (code) =>
      Promise.all(contexts.map((context, number) => run(code(number), { context })))
    await all((number) => `number = ${number}`)
    const texts = (await all(() => 'number')).map(({ text }) => text)
    assert.deepEqual(texts, numbers.map(String))
    await Promise.all(contexts.map((context) => sandbox.removeCodeContext(context)))
  })

  test('a pause keeps contexts', () =>
    withSandbox(client, {}, async (sandbox) => {
      const context = await sandbox.createCodeContext()
      await sandbox.runCode("kept = 'in the context'", { context })
      await sandbox.runCode("kept = 'by default'")
      await sandbox.pause()
      await client.Sandbox.connect(sandbox.sandboxId)
      assert.equal((await sandbox.runCode('kept', { context })).text, 'in the context')
      assert.equal((await sandbox.runCode('kept')).text, 'by default')
    }))
})
