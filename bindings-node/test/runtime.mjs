// Gives the importing test file a local runtime of its own, and takes it away at the end.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { Sandbox } from 'sandspan'

const directory = mkdtempSync(join(tmpdir(), 'sandspan-node-'))
const runtimeDirectory = join(directory, 'runtime')

process.env.SANDSPAN_PROVIDER = 'local'
process.env.SANDSPAN_RUNTIME_DIR = runtimeDirectory
process.env.SANDSPAN_STATE_DIR = join(directory, 'state')

after(async () => {
  for (const { sandboxId } of await Sandbox.list().nextItems()) await Sandbox.kill(sandboxId)
  const { pid } = JSON.parse(readFileSync(join(runtimeDirectory, 'server.json'), 'utf8'))
  process.kill(pid, 'SIGTERM')
  rmSync(directory, { recursive: true, force: true })
})
