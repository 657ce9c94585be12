// Gives the importing test file a local runtime of its own, and takes it away at the end.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Sandbox } from 'sandspan'

const directory = mkdtempSync(join(tmpdir(), 'sandspan-node-'))
const runtimeDirectory = join(directory, 'runtime')
const serverFile = join(runtimeDirectory, 'server.json')

process.env.SANDSPAN_PROVIDER = 'local'
process.env.SANDSPAN_RUNTIME_DIR = runtimeDirectory
process.env.SANDSPAN_STATE_DIR = join(directory, 'state')

after(async () => {
  if (existsSync(serverFile)) {
    for (const { sandboxId } of await Sandbox.list().nextItems()) await Sandbox.kill(sandboxId)
    await stop(JSON.parse(readFileSync(serverFile, 'utf8')).pid)
  }
  rmSync(directory, { recursive: true })
})

async function stop(pid) {
  process.kill(pid, 'SIGTERM')
  while (runs(pid)) await setTimeout(5)
}

function runs(pid) {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
