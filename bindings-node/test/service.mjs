// A service in this process that knows one sandbox, for what only the package itself has to do.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after } from 'node:test'
import { Sandbox } from 'sandspan'

const described = {
  sandboxID: 'iabc',
  templateID: 'base',
  clientID: 'x',
  envdVersion: '0.6.13',
  // Seeing to that itself, it is asked nothing further by a client that connects.
  idleTimeout: 60,
}

/** What the service says of its sandbox when asked; `more` is what a test is about. */
export function detail(more) {
  const startedAt = new Date().toISOString()
  const endAt = new Date(Date.now() + 300_000).toISOString()
  return { ...described, state: 'running', startedAt, endAt, ...more }
}

/**
 * Starts the service, and connects to its sandbox. Routes are functions of a request's body, by
 * method and path; their results are answered as JSON.
 */
export async function serve(routes) {
  const requests = []
  const server = createServer(async (request, response) => {
    const [path] = request.url.split('?')
    const route = `${request.method} ${path}`
    let body = ''
    for await (const piece of request) body += piece
    requests.push({ route, url: request.url, body })
    const known = { 'POST /v2/sandboxes/iabc/connect': () => described, ...routes }
    const missing = () => ({ code: 404, message: 'none' })
    const answer = await (known[route] ?? missing)(body, request.url)
    response.writeHead(answer?.code ?? 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const connection = { apiUrl: `http://127.0.0.1:${server.address().port}`, apiKey: 'none' }
  const sandbox = await Sandbox.connect('iabc', connection)
  return { sandbox, connection, requests }
}
