import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ChartType,
  Execution,
  ExecutionError,
  OutputMessage,
  Result,
  ScaleType,
  deserializeChart,
} from 'sandspan/code-interpreter'

const FIGURE = {
  type: 'result',
  text: '<Figure>',
  html: '<b>1</b>',
  png: 'iVBO',
  json: { a: [1] },
  data: { a: [1, 2] },
  chart: { type: 'pie', title: 'Pie', elements: [] },
  'image/bmp': 'Qk0=',
  is_main_result: true,
}

test('a result has each form by its name, and those beside the usual ones in extra', () => {
  const result = new Result(FIGURE, true)
  assert.equal(result.isMainResult, true)
  for (const name of ['text', 'html', 'png', 'json', 'data', 'chart']) {
    assert.equal(result[name], FIGURE[name], name)
  }
  assert.equal(result.markdown, undefined)
  assert.deepEqual(result.extra, { 'image/bmp': 'Qk0=' })
  const { type, is_main_result, ...raw } = FIGURE
  assert.deepEqual(result.raw, raw)
  assert.equal(FIGURE.type, 'result')
})

test('formats are the forms beside those of text and of a chart', () => {
  assert.deepEqual(new Result(FIGURE, true).formats(), ['html', 'png', 'json', 'data', 'image/bmp'])
  assert.deepEqual(new Result({ text: '1' }, true).formats(), [])
  assert.deepEqual(new Result({ html: '' }, true).formats(), [])
})

test('a service may put other forms into extra itself', () => {
  const result = new Result({ extra: { 'a/b': 'c' }, 'd/e': 'f' }, false)
  assert.deepEqual(result.extra, { 'a/b': 'c', 'd/e': 'f' })
  assert.deepEqual(result.formats(), ['a/b', 'd/e'])
})

test('as JSON, a result has its texts and what is extra', () => {
  const { data, chart, type, is_main_result, 'image/bmp': bmp, ...texts } = FIGURE
  const json = JSON.parse(JSON.stringify(new Result(FIGURE, true)))
  assert.deepEqual(json, { ...texts, extra: { 'image/bmp': bmp } })
  assert.equal(JSON.stringify(new Result({ text: '1' }, true)), '{"text":"1"}')
})

test('the text of an execution is that of what its last line came to', () => {
  const shown = new Result({ text: 'shown' }, false)
  assert.equal(new Execution().text, undefined)
  assert.equal(new Execution([shown]).text, undefined)
  assert.equal(new Execution([shown, new Result({ text: '2' }, true)]).text, '2')
})

test('as JSON, an execution has its results, logs and error', () => {
  const empty = new Execution()
  assert.deepEqual(empty.toJSON(), {
    results: [],
    logs: { stdout: [], stderr: [] },
    error: undefined,
  })
  assert.deepEqual([empty.error, empty.executionCount], [undefined, undefined])
  const logs = { stdout: ['out'], stderr: ['err'] }
  const error = new ExecutionError('NameError', 'no x', 'Traceback')
  const results = [new Result({ text: '1' }, true)]
  assert.deepEqual(JSON.parse(JSON.stringify(new Execution(results, logs, error, 3))), {
    results: [{ text: '1' }],
    logs,
    error: { name: 'NameError', value: 'no x', traceback: 'Traceback' },
  })
})

test('an exception in code is no error of JavaScript', () => {
  const error = new ExecutionError('NameError', 'no x', 'Traceback')
  assert.equal(error instanceof Error, false)
})

test('a message is its line as a text', () => {
  assert.equal(`${new OutputMessage('line\n', 5, false)}`, 'line\n')
})

test('a chart is made of its JSON, and one of an unknown type is unknown', () => {
  assert.equal(ScaleType.FUNCTIONLOG, 'functionlog')
  const pie = { type: 'pie', title: 'Pie', elements: [{ label: 'a', angle: 90, radius: 1 }] }
  assert.deepEqual(deserializeChart(pie), pie)
  const unknown = deserializeChart({ type: 'radar', title: 'Radar', elements: [] })
  assert.equal(unknown.type, ChartType.UNKNOWN)
  const both = { type: 'superchart', title: 'Both', elements: [pie, { ...pie, type: 'radar' }] }
  const chart = deserializeChart(both)
  assert.deepEqual(
    chart.elements.map(({ type }) => type),
    ['pie', 'unknown'],
  )
  assert.equal(both.elements[1].type, 'radar')
})
