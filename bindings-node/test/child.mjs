import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

const root = new URL('..', import.meta.url)

/** Runs a script in a Node of its own: how it ended, what it printed, and how long it took. */
export async function runScript(script, type = 'module') {
  const started = performance.now()
  const child = spawn(process.execPath, [`--input-type=${type}`, '--eval', script], { cwd: root })
  const output = [text(child.stdout), text(child.stderr)]
  const [code] = await once(child, 'exit')
  const milliseconds = performance.now() - started
  const [stdout, stderr] = await Promise.all(output)
  return { code, stdout, stderr, milliseconds }
}
