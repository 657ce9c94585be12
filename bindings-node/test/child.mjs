import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

const root = new URL('..', import.meta.url)

/** Runs a script in a Node of its own: how it ended, and how long after its last output. */
export async function runScript(script, type = 'module') {
  const child = spawn(process.execPath, [`--input-type=${type}`, '--eval', script], { cwd: root })
  const errors = text(child.stderr)
  let stdout = ''
  let printed
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    stdout += piece
    printed = performance.now()
  })
  const exited = once(child, 'exit').then(() => performance.now())
  const [code] = await once(child, 'close')
  return { code, stdout, stderr: await errors, lingered: (await exited) - printed }
}
