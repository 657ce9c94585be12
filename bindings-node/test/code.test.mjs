import './runtime.mjs'

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import * as sandspan from 'sandspan'
import { ExecutionError, OutputMessage, Result, Sandbox } from 'sandspan/code-interpreter'

const PRINTING = `
import sys
for number in range(3):
    print(number, flush=True)
    print(-number, file=sys.stderr, flush=True)
display('shown')
'last'`

const FAILING = {
  throws() {
    throw new RangeError('mine')
  },
  async rejects() {
    throw new RangeError('mine')
  },
}

test('code', async (t) => {
  const sandbox = await Sandbox.create({ timeoutMs: 300_000 })

  await t.test('the class has all that a sandbox has, and a template of its own', async () => {
    assert.ok(sandbox instanceof sandspan.Sandbox)
    assert.equal((await sandbox.getInfo()).templateId, 'code-interpreter-v1')
    const again = await Sandbox.connect(sandbox.sandboxId)
    assert.ok(again instanceof Sandbox)
    await again.runCode('kept = 5')
    assert.equal((await sandbox.runCode('kept')).text, '5')
  })

  await t.test('callbacks get all that happens, in order, before the call resolves', async () => {
    const seen = []
    const start = Date.now() * 1000
    const note = (name) => async (what) => {
      // What comes next waits for this one.
      await setImmediate()
      seen.push([name, what])
    }
    const execution = await sandbox.runCode(PRINTING, {
      onStdout: note('out'),
      onStderr: note('err'),
      onResult: note('result'),
      onError: note('error'),
    })
    const of = (wanted) => seen.filter(([name]) => name === wanted).map(([, what]) => what)
    const outputs = [...of('out'), ...of('err')]
    assert.ok(outputs.every((output) => output instanceof OutputMessage))
    assert.ok(outputs.every(({ timestamp }) => timestamp >= start && timestamp <= Date.now() * 1000))
    assert.deepEqual([of('out').join(''), of('err').join('')], ['0\n1\n2\n', '0\n-1\n-2\n'])
    assert.ok(of('out').every(({ error }) => !error) && of('err').every(({ error }) => error))
    assert.deepEqual(execution.logs.stdout, of('out').map(String))
    assert.deepEqual(execution.logs.stderr, of('err').map(String))
    assert.deepEqual(execution.results, of('result'))
    assert.ok(execution.results.every((result) => result instanceof Result))
    assert.equal(execution.text, 'last')
    assert.deepEqual(of('error'), [])
    assert.equal(seen.at(-1)[0], 'result')
  })

  await t.test('without callbacks, the same comes of it', async () => {
    const execution = await sandbox.runCode(PRINTING)
    assert.equal(execution.logs.stdout.join(''), '0\n1\n2\n')
    assert.equal(execution.logs.stderr.join(''), '0\n-1\n-2\n')
    assert.deepEqual(
      execution.results.map(({ text, isMainResult }) => [text, isMainResult]),
      [
        ['shown', false],
        ['last', true],
      ],
    )
    assert.equal(execution.error, undefined)
    const { executionCount } = await sandbox.runCode('1')
    assert.equal(executionCount, execution.executionCount + 1)
  })

  await t.test('an exception in code is a part of what comes of it', async () => {
    let handed
    const execution = await sandbox.runCode('1 / 0', { onError: (error) => (handed = error) })
    assert.ok(execution.error instanceof ExecutionError)
    assert.equal(handed, execution.error)
    const { name, value, traceback } = execution.error
    assert.deepEqual([name, value], ['ZeroDivisionError', 'division by zero'])
    assert.match(traceback, /1 \/ 0|1.*\/.*0/)
    assert.equal(execution.text, undefined)
  })

  for (const [kind, callback] of Object.entries(FAILING)) {
    await t.test(`a callback that ${kind} ends the run with its error`, async () => {
      const endless = "import time\nprint('here', flush=True)\nwhile True: time.sleep(0.1)"
      await assert.rejects(sandbox.runCode(endless, { onStdout: callback }), RangeError)
      await assert.rejects(sandbox.runCode('1', { onResult: callback }), RangeError)
      await assert.rejects(sandbox.runCode('1 / 0', { onError: callback }), RangeError)
      assert.equal((await sandbox.runCode('1 + 1')).text, '2')
    })
  }

  await t.test('a timeout ends a run, and names the option', async () => {
    for (const more of [{}, { onStdout: () => {} }]) {
      await assert.rejects(sandbox.runCode('while True: pass', { timeoutMs: 500, ...more }), (error) => {
        assert.ok(error instanceof sandspan.TimeoutError)
        assert.match(error.message, /^Execution timed out — the 'timeoutMs' option/)
        return true
      })
    }
    assert.equal((await sandbox.runCode('1 + 1', { timeoutMs: 0 })).text, '2')
  })

  await t.test('numbers are as JavaScript reads them', async () => {
    const code = `display({"application/json": {"a": [10**400, 2**64 + 1]}}, raw=True)`
    const { results, error } = await sandbox.runCode(code)
    assert.equal(error, undefined)
    assert.deepEqual(results[0].json, { a: [Infinity, 2 ** 64] })
  })

  await t.test('contexts are given as they are, or by their ids', async () => {
    const context = await sandbox.createCodeContext({ cwd: '/tmp', language: 'python' })
    assert.deepEqual(Object.keys(context).sort(), ['cwd', 'id', 'language'])
    assert.equal((await sandbox.runCode('import os; os.getcwd()', { context })).text, '/tmp')
    assert.ok((await sandbox.listCodeContexts()).some(({ id }) => id === context.id))
    await sandbox.restartCodeContext(context)
    assert.equal((await sandbox.runCode('os', { context })).error.name, 'NameError')
    await sandbox.restartCodeContext(context.id)
    await sandbox.removeCodeContext(context.id)
    const missing = sandspan.NotFoundError
    await assert.rejects(sandbox.runCode('1', { context }), missing)
    await assert.rejects(sandbox.removeCodeContext(context), missing)
  })

  await t.test('wrong values are named', async () => {
    const wrong = (call, pattern) => assert.rejects(call, (error) => {
      assert.ok(error instanceof sandspan.InvalidArgumentError, String(error))
      assert.match(error.message, pattern)
      return true
    })
    await wrong(sandbox.runCode(5), /code must be a string, got 5/)
    await wrong(sandbox.runCode('1', { timeoutMs: '5' }), /timeoutMs .* got '5'/)
    await wrong(sandbox.runCode('1', { timeoutMs: -1 }), /timeoutMs.*-1/)
    await wrong(sandbox.runCode('1', { onResult: 5 }), /onResult must be a function, got 5/)
    await wrong(sandbox.runCode('1', { language: 5 }), /language must be a string, got 5/)
    await wrong(sandbox.runCode('1', { context: 'id' }), /context must be an object, got 'id'/)
    await wrong(sandbox.runCode('1', { context: {} }), /context.id must be a string, got undefined/)
    await wrong(sandbox.runCode('1', { envs: { A: 5 } }), /envs.A must be a string, got 5/)
    await wrong(sandbox.removeCodeContext(5), /context must be a context or its id, got 5/)
    await wrong(sandbox.restartCodeContext({ id: 5 }), /context.id must be a string, got 5/)
    await wrong(sandbox.createCodeContext({ cwd: 5 }), /cwd must be a string, got 5/)
    const both = { context: { id: 'a', language: 'python', cwd: '/' }, language: 'python' }
    const text = /^You can provide context or language, but not both at the same time\.$/
    await wrong(sandbox.runCode('1', both), text)
  })
})
