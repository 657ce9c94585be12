// What runners of vectors do themselves, beside the calls of the package.
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'

/** How long what a vector waits for may take to come, in milliseconds. */
const PATIENCE = 20_000

/** A terminal, and what it showed. */
export class Terminal {
  #seen = Buffer.alloc(0)
  #changes = new EventEmitter()
  #isOver = false

  /** Creates one, or connects to one, as the method of `sandbox.pty` does. */
  static async open(method, [first, options = first]) {
    const terminal = new Terminal()
    options.onData = (bytes) => terminal.#show(bytes)
    terminal.handle = await (first === options ? method(options) : method(first, options))
    terminal.end = terminal.handle.wait().finally(() => {
      terminal.#isOver = true
      terminal.#changes.emit('change')
    })
    terminal.end.catch(() => undefined)
    return terminal
  }

  #show(bytes) {
    this.#seen = Buffer.concat([this.#seen, bytes])
    this.#changes.emit('change')
  }

  get pid() {
    return this.handle.pid
  }

  get exitCode() {
    return this.handle.exitCode
  }

  get error() {
    return this.handle.error
  }

  wait() {
    return this.end
  }

  kill() {
    return this.handle.kill()
  }

  disconnect() {
    return this.handle.disconnect()
  }

  sendStdin(data) {
    return this.handle.sendStdin(data)
  }

  closeStdin() {
    return this.handle.closeStdin()
  }

  /** What it showed, once a text is in it or it ended. */
  async readUntil({ text }) {
    const signal = AbortSignal.timeout(PATIENCE)
    while (!this.#isOver && !this.#seen.includes(text)) {
      await once(this.#changes, 'change', { signal })
    }
    return this.#seen.toString()
  }
}

/** A directory that is being watched, and what happened in it that nobody has asked for yet. */
export class Watch {
  #events = []
  #changes = new EventEmitter()
  #ending

  /** Starts it, as `files.watchDir` does. */
  static async open(method, [path, options]) {
    const watch = new Watch()
    const onExit = (error) => watch.#change(() => (watch.#ending = { error }))
    const onEvent = (event) => watch.#change(() => watch.#events.push(event))
    watch.handle = await method(path, onEvent, { ...options, onExit })
    return watch
  }

  #change(change) {
    change()
    this.#changes.emit('change')
  }

  /** Takes events until one of this name and type comes. */
  async waitFor({ name, type }) {
    const signal = AbortSignal.timeout(PATIENCE)
    for (;;) {
      const event = this.#events.shift()
      if (event?.name === name && event.type === type) return event
      if (event) continue
      if (this.#ending?.error) throw this.#ending.error
      assert.ok(!this.#ending, `the watch is over before ${name} came`)
      await once(this.#changes, 'change', { signal })
    }
  }

  /** Waits until the watch is over. */
  async waitForEnd() {
    const signal = AbortSignal.timeout(PATIENCE)
    while (!this.#ending) await once(this.#changes, 'change', { signal })
    if (this.#ending.error) throw this.#ending.error
  }

  stop() {
    return this.handle.stop()
  }
}

/** Makes a request as something does that knows a URL and no more. */
export async function request({ url, method = 'GET', body }) {
  const headers = { 'content-type': 'application/octet-stream' }
  const answer = await fetch(url, { method, body, headers })
  return { status: answer.status, body: await answer.text() }
}

/** What was read from a file, in the form that vectors compare. */
export async function readable(result) {
  if (result instanceof Uint8Array) return [...result]
  if (result instanceof ReadableStream) return new Response(result).text()
  return result
}
