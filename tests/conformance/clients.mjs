// The published clients for JavaScript, and what their tests share.
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

const names = ['e2b', 'novita-sandbox']

/** What the packages export, and whether each has the surface of today or that of an earlier version. */
export const clients = await Promise.all(
  names.map(async (name) => ({ ...(await import(name)), name, isNewest: name === 'e2b' })),
)

/** Defines tests for each client, with a sandbox that they all use. */
export function withEach(define, options = {}, among = clients) {
  for (const client of among) {
    const shared = {}
    describe(client.name, () => {
      before(async () => {
        shared.sandbox = await client.Sandbox.create({ timeoutMs: 600_000, ...options })
      })
      after(() => shared.sandbox.kill())
      define(client, shared)
    })
  }
}

/** Uses a sandbox of one test's own. */
export async function withSandbox(client, options, use) {
  const sandbox = await client.Sandbox.create({ timeoutMs: 60_000, ...options })
  try {
    await use(sandbox)
  } finally {
    await sandbox.kill()
  }
}

/** Waits for what nobody tells. */
export async function until(condition, seconds = 10) {
  const end = performance.now() + seconds * 1000
  while (!(await condition())) {
    assert.ok(performance.now() < end, 'it did not happen')
    await sleep(5)
  }
}

/** What was called back, in its order. */
export class Heard {
  soFar = []
  #waiting = () => {}

  listen = (news) => {
    this.soFar.push(news)
    this.#waiting()
  }

  /** Everything so far, as soon as it is enough. */
  async until(enough, seconds = 20) {
    const tooLate = AbortSignal.timeout(seconds * 1000)
    while (!enough(this.soFar)) {
      await new Promise((resolve, reject) => {
        this.#waiting = resolve
        tooLate.onabort = () => reject(new Error(`only ${JSON.stringify(this.soFar)} came`))
      })
    }
    tooLate.onabort = null
    return this.soFar
  }
}

/** Whose files are: where a runtime has only one id, `user` is another name for root. */
export const owner = async ({ commands }) => (await commands.run('id -un')).stdout.trim()

let folders = 0

/** A directory of a test's own. */
export async function newFolder(sandbox) {
  const path = `/home/user/${folders++}`
  await sandbox.files.makeDir(path)
  return path
}
