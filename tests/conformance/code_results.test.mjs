// What code prints and displays, with the published clients for JavaScript, unmodified.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printed, withEach } from './interpreters.mjs'

/** Characters of two, three and four bytes, among them some that count as ends of lines. */
const hard = '€é😀\u2028\u2029\u0085ß'

const forms = {
  html: ['text/html', '<b>bold</b>'],
  markdown: ['text/markdown', '**bold**'],
  svg: ['image/svg+xml', '<svg/>'],
  jpeg: ['image/jpeg', 'anBlZw=='],
  pdf: ['application/pdf', 'cGRm'],
  latex: ['text/latex', '$x^2$'],
  javascript: ['application/javascript', '1 + 1'],
  json: ['application/json', { a: [1, 'b'] }],
}

/** A figure for each class of chart. */
const figures = {
  line: "plt.plot([1, 2, 3], label='line')\nplt.xlabel('Time (s)')",
  scatter: "plt.scatter([1, 2], [3, 4], label='points')",
  bar: "plt.bar(['a', 'b'], [10, 20], label='Sold')",
  pie: "plt.pie([90, 10], labels=['No', 'Yes'])",
  box_and_whisker: 'plt.boxplot([[1, 2, 3, 4, 5]], patch_artist=True)',
  superchart: 'figure, (a, b) = plt.subplots(1, 2)\na.plot([1])\nb.scatter([1], [2])',
  unknown: 'figure, axes = plt.subplots()\naxes.add_artist(plt.Circle((0, 0), 1))',
}

withEach((client, shared) => {
  const run = (code, options) => shared.sandbox.runCode(code, options)

  test('both streams', async () => {
    const heard = []
    const listen = ({ line, error, timestamp }) => heard.push([line, error, typeof timestamp])
    const code = "import sys\nprint('out')\nprint('err', file=sys.stderr)"
    const { logs } = await run(code, { onStdout: listen, onStderr: listen })
    assert.deepEqual(logs, { stdout: ['out\n'], stderr: ['err\n'] })
    assert.deepEqual(heard.sort(), [
      ['err\n', true, 'number'],
      ['out\n', false, 'number'],
    ])
  })

  test('output comes while it runs', async () => {
    const code =
      "import os, time\nprint('ready', flush=True)\nend = time.time() + 20\n" +
      "while not os.path.exists('go') and time.time() < end: time.sleep(0.01)\n" +
      "print(os.path.exists('go'))"
    const execution = await run(code, { onStdout: () => shared.sandbox.files.write('go', '') })
    assert.equal(printed(execution), 'ready\nTrue\n')
    await shared.sandbox.files.remove('go')
  })

  test('characters of many bytes', async () => {
    const execution = await run(`print(${JSON.stringify(hard)} * 50_000)`)
    assert.equal(printed(execution), `${hard.repeat(50_000)}\n`)
  })

  test('results and what is displayed', async () => {
    const heard = []
    const onResult = (result) => heard.push(result)
    const execution = await run("display('shown')\n'result'", { onResult })
    const shown = execution.results.map(({ text, isMainResult }) => [text, isMainResult])
    assert.deepEqual(shown, [
      ['shown', false],
      ['result', true],
    ])
    assert.equal(execution.text, 'result')
    assert.deepEqual(heard, execution.results)
  })

  for (const [form, [mime, content]] of Object.entries(forms)) {
    test(`a result as ${form}`, async () => {
      const { results } = await run(`display({'${mime}': ${JSON.stringify(content)}}, raw=True)`)
      assert.equal(results.length, 1)
      assert.deepEqual(results[0][form], content)
      assert.deepEqual(results[0].formats(), [form])
    })
  }

  test('an object that shows itself', async () => {
    const code = `
class Shown:
    def __repr__(self): return 'as text'
    def _repr_html_(self): return '<i>as html</i>'
Shown()`
    const [{ text, html }] = (await run(code)).results
    assert.deepEqual([text, html], ['as text', '<i>as html</i>'])
  })

  test('a data frame', async () => {
    const code = "import pandas\npandas.DataFrame({'name': ['a', 'b'], 'size': [1, 2.5]})"
    const [result] = (await run(code)).results
    assert.match(result.html, /<table/)
    assert.deepEqual(result.data, { name: ['a', 'b'], size: [1, 2.5] })
  })

  for (const [type, figure] of Object.entries(figures)) {
    test(`a figure: ${type}`, async () => {
      const code = `import matplotlib.pyplot as plt\n${figure}\nplt.suptitle('Title')\nplt.show()`
      const { results, error } = await run(code)
      assert.equal(error, undefined)
      assert.equal(results.length, 1)
      const [{ png, chart }] = results
      assert.equal(Buffer.from(png, 'base64').subarray(1, 4).toString(), 'PNG')
      assert.equal(chart.type, type)
      assert.equal(chart.elements.length > 0, type !== 'unknown')
    })
  }

  test('the data of a chart', async () => {
    const code = `import matplotlib.pyplot as plt\n${figures.line}\nplt.title('Waves')\nplt.show()`
    const [{ chart }] = (await run(code)).results
    assert.equal(chart.title, 'Waves')
    assert.deepEqual([chart.x_label, chart.x_unit, chart.y_label], ['Time (s)', 's', null])
    const [{ label, points }] = chart.elements
    assert.equal(label, 'line')
    assert.deepEqual(points, [[0, 1], [1, 2], [2, 3]])
  })
})
