// Metrics, with the published clients for JavaScript, unmodified.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until, withEach } from './clients.mjs'

/** How many seconds may pass until a sandbox has its first figures. */
const within = 15

withEach((client, shared) => {
  test('figures and their range', async () => {
    const { sandbox } = shared
    const { startedAt } = await sandbox.getInfo()
    const busy = 'while :; do :; done'
    const command = await sandbox.commands.run(busy, { background: true })
    let figures
    await until(async () => {
      figures = await sandbox.getMetrics()
      return figures.some(({ cpuUsedPct }) => cpuUsedPct > 0)
    }, within)
    const last = figures.at(-1)
    assert.ok(last.cpuCount > 0)
    assert.ok(last.memUsed > 0 && last.memUsed < last.memTotal)
    assert.ok(last.diskUsed > 0 && last.diskUsed < last.diskTotal)
    assert.ok(last.timestamp >= startedAt && last.timestamp <= Date.now() + 1000)
    const end = new Date(Date.now() - 3_600_000)
    assert.deepEqual(await sandbox.getMetrics({ start: new Date(end - 3_600_000), end }), [])
    assert.ok(await command.kill())
    await assert.rejects(command.wait(), client.CommandExitError)
  })
})
