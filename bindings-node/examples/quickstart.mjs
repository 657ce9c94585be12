// Creates a sandbox, runs a command in it, changes its timeout, looks at it, and ends it.
import { CommandExitError, Sandbox } from 'sandspan'

const sandbox = await Sandbox.create({ timeoutMs: 60_000, metadata: { purpose: 'quickstart' } })
try {
  const { stdout } = await sandbox.commands.run('echo "hello from $(whoami)"')
  process.stdout.write(stdout)

  await sandbox.commands.run('for i in 1 2 3; do echo "step $i"; sleep 0.1; done', {
    onStdout: (text) => process.stdout.write(text),
  })

  try {
    await sandbox.commands.run('ls /nowhere')
  } catch (error) {
    if (!(error instanceof CommandExitError)) throw error
    console.log(`ls ended with ${error.exitCode}: ${error.stderr.trim()}`)
  }

  await sandbox.setTimeout(30_000)
  const { state, endAt } = await sandbox.getInfo()
  console.log(`it is ${state} and ends at ${endAt.toISOString()}`)
} finally {
  await sandbox.kill()
}
console.log(`running: ${await sandbox.isRunning()}`)
