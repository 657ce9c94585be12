// Ports and the network of sandboxes, with the published clients for JavaScript, unmodified.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { until, withEach, withSandbox } from './clients.mjs'

const port = 8000
const { E2B_API_URL: runtime } = process.env

/** Asks a port by its host name, which resolves to the runtime where it has a domain. */
async function ask(sandbox, { path = '/', port: asked = port, headers = {} } = {}) {
  const host = sandbox.getHost(asked)
  const answer = await new Promise((resolve, reject) => {
    request(new URL(path, runtime), { headers: { host, ...headers }, agent: false }, resolve)
      .on('error', reject)
      .end()
  })
  return { status: answer.statusCode, body: await text(answer) }
}

/** Starts a server inside and waits for it. */
async function serve({ commands }) {
  await commands.run('mkdir -p /tmp/served && echo hello > /tmp/served/page')
  const server = `python3 -m http.server ${port} --directory /tmp/served`
  await commands.run(`${server} > /dev/null 2>&1 & echo started`)
  const listening = `grep -qs ':1F40 .* 0A ' /proc/net/tcp /proc/net/tcp6 && echo yes || true`
  await until(async () => (await commands.run(listening)).stdout === 'yes\n')
}

withEach((client, shared) => {
  test('a server inside', () =>
    withSandbox(client, {}, async (sandbox) => {
      assert.ok(sandbox.getHost(port).startsWith(`${port}-${sandbox.sandboxId}.`))
      await serve(sandbox)
      assert.deepEqual(await ask(sandbox, { path: '/page' }), { status: 200, body: 'hello\n' })
    }))

  test('a closed port', async () => {
    const { status, body } = await ask(shared.sandbox, { port: 9 })
    assert.equal(status, 502)
    assert.deepEqual(JSON.parse(body), {
      sandboxId: shared.sandbox.sandboxId,
      message: 'The sandbox is running but port is not open',
      port: 9,
      code: 502,
    })
  })

  test('a traffic token', () =>
    withSandbox(client, { network: { allowPublicTraffic: false } }, async (sandbox) => {
      await serve(sandbox)
      const refused = await ask(sandbox, { path: '/page' })
      assert.equal(refused.status, 403)
      assert.match(JSON.parse(refused.body).message, /'e2b-traffic-access-token' is missing$/)
      const headers = { 'e2b-traffic-access-token': sandbox.trafficAccessToken }
      const answer = await ask(sandbox, { path: '/page', headers })
      assert.deepEqual(answer, { status: 200, body: 'hello\n' })
    }))

  test('its network is replaced', () =>
    withSandbox(client, {}, async (sandbox) => {
      const denyOut = ['203.0.113.0/24']
      const replace = (sandbox.updateNetwork ?? sandbox.setNetwork).bind(sandbox)
      await replace({ denyOut })
      if (client.isNewest) {
        assert.deepEqual((await sandbox.getInfo()).network.denyOut, denyOut)
      }
      await sandbox.kill()
      await assert.rejects(replace({ denyOut }), client.SandboxNotFoundError)
    }))
})
