// Does one task with one client in a fresh process, and prints what it took as JSON.
//
// Arguments: client (e2b or sandspan), task, the service's URL, and "instant" or "local", which says
// how commands are written there.

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const OUTPUT = 20 << 20
const CONTENT = 64 << 20
const PRINTED = 10 << 20
const FILES = 1000
const COMMANDS = 1000
const AT_ONCE = 64

const [client, task, url, service] = process.argv.slice(2)
const home = client === 'e2b' ? '../conformance/' : '../../'
const runsCode = { e2b: '@e2b/code-interpreter', sandspan: 'sandspan/code-interpreter' }
const { Sandbox } = createRequire(new URL(home, import.meta.url))(
  task === 'code' ? runsCode[client] : client,
)

const printing = service === 'instant' ? `${OUTPUT}` : `head -c ${OUTPUT} /dev/zero | tr '\\0' x`
const path = `${CONTENT}`

/** A client that is fast because it loses something is not fast. */
function check(found, wanted) {
  if (found !== wanted) throw new Error(`${found} bytes came instead of ${wanted}`)
}

const tasks = {
  output: async (sandbox) => check((await sandbox.commands.run(printing)).stdout.length, OUTPUT),
  write: async (sandbox, content) => sandbox.files.write(path, content),
  read: async (sandbox) =>
    check((await sandbox.files.read(path, { format: 'bytes' })).length, CONTENT),
  files: async (sandbox) => {
    for (let number = 0; number < FILES; number += 1) {
      await sandbox.files.write(`files/${number}`, 'small')
    }
  },
  commands: async (sandbox) => {
    let left = COMMANDS
    const work = async () => {
      while (left-- > 0) await sandbox.commands.run('true')
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  },
  code: async (sandbox) => {
    const { logs } = await sandbox.runCode(
      `import sys\nfor _ in range(${PRINTED >> 10}): sys.stdout.write('x' * 1024)`,
    )
    check(logs.stdout.join('').length, PRINTED)
  },
}

/** A figure of this process's memory, in bytes. */
function memory(name) {
  const status = readFileSync('/proc/self/status', 'utf8')
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) * 1024
}

const options = { apiUrl: url, sandboxUrl: url, apiKey: 'e2b_0123456789abcdef' }
const sandbox = await Sandbox.create(options)
const content = task === 'write' || task === 'read' ? new ArrayBuffer(CONTENT) : undefined
await sandbox.commands.run('true')
if (task === 'read') await sandbox.files.write(path, content)
// Sets the peak back to what is used now.
writeFileSync('/proc/self/clear_refs', '5')
const before = memory('VmRSS')
const start = performance.now()
await tasks[task](sandbox, content)
const seconds = (performance.now() - start) / 1000
const peak = memory('VmHWM')
console.log(JSON.stringify({ seconds, memory: peak - before, peak }))
await sandbox.kill()
// The published client keeps connections, and with them the process, for minutes.
process.exit(0)
