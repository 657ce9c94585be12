// A local runtime of the tests' own, which the first call of a client starts.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

if (!process.env.SANDSPAN_PROGRAM) throw new Error('SANDSPAN_PROGRAM must name the sandspan program')

const directory = mkdtempSync(join(tmpdir(), 'sandspan-tests-'))
for (const name of Object.keys(process.env)) {
  if (/^(SANDSPAN|E2B)_/.test(name) && name !== 'SANDSPAN_PROGRAM') delete process.env[name]
}
process.env.SANDSPAN_PROVIDER = 'local'
process.env.SANDSPAN_RUNTIME_DIR = join(directory, 'run')
process.env.SANDSPAN_STATE_DIR = join(directory, 'state')

/** Where the server is, its key and its process id. */
export function server() {
  return JSON.parse(readFileSync(join(directory, 'run', 'server.json'), 'utf8'))
}

/** Ends the server, waits for its end, and gives what is left of these sandboxes. */
export async function end(sandboxIds) {
  const { pid } = server()
  process.kill(pid, 'SIGTERM')
  await once(spawn('tail', [`--pid=${pid}`, '-s', '0.01', '-f', '/dev/null']), 'exit')
  const left = [...readdirSync(join(directory, 'state', 'sandboxes')), ...processesOf(sandboxIds)]
  rmSync(directory, { recursive: true, force: true })
  return left
}

/** The processes that see files of one of these sandboxes. */
function processesOf(sandboxIds) {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return processes.filter((pid) => {
    const mounts = mountsOf(pid)
    return sandboxIds.some((id) => mounts.includes(`sandboxes/${id}/`))
  })
}

/** What a process has mounted; nothing where it has ended or is another user's. */
function mountsOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
  } catch {
    return ''
  }
}
