// A sandbox's life, for those who see one for the first time. `demo.py` shows the same.
import { CommandExitError, Sandbox, SandboxError } from 'sandspan'

const ROUNDS = 20

title(`Sandspan in JavaScript, Node ${process.versions.node}`)
const sandbox = await Sandbox.create({ timeoutMs: 60_000, metadata: { purpose: 'demo' } })
try {
  row('create', `${sandbox.sandboxId} runs on this machine`)
  await runCommands(sandbox)
  await changeTheTimeout(sandbox)
  await pauseAndResume(sandbox)
} finally {
  await sandbox.kill()
}
await watchOneEnd()
await killOne()
await measure()

/** Runs one command for its result, one for its output as it comes, and one that fails. */
async function runCommands(sandbox) {
  const command = 'echo "$(whoami) on $(uname -s), with $(ls -d /proc/[0-9]* | wc -l) processes"'
  const [{ stdout }, milliseconds] = await timed(() => sandbox.commands.run(command))
  row('run', stdout.trim(), milliseconds)

  const start = performance.now()
  await sandbox.commands.run('for step in 1 2 3; do echo output of step $step; sleep 0.1; done', {
    onStdout: (text) => row('', text.trim(), performance.now() - start),
  })
  try {
    await sandbox.commands.run('ls /x')
  } catch (error) {
    if (!(error instanceof CommandExitError)) throw error
    row('', `exit code ${error.exitCode}: ${error.stderr.trim()}`)
  }
}

/** Makes it live longer than it was created for. */
async function changeTheTimeout(sandbox) {
  const [info, milliseconds] = await timed(() => sandbox.getInfo())
  const metadata = JSON.stringify(info.metadata)
  row('getInfo', `${info.state}, ${info.cpuCount} CPUs, ${metadata}`, milliseconds)
  row('', `ends at ${clock(info.endAt)}`)
  const [, duration] = await timed(() => sandbox.setTimeout(300_000))
  row('setTimeout', `ends at ${clock((await sandbox.getInfo()).endAt)}`, duration)
}

/** Lets a running process stand still, and go on. */
async function pauseAndResume(sandbox) {
  const { pid } = await sandbox.commands.run('sleep 100', { background: true })
  const [, milliseconds] = await timed(() => sandbox.pause())
  row('pause', (await sandbox.getInfo()).state, milliseconds)
  const [, duration] = await timed(() => sandbox.connect())
  const alive = (await sandbox.commands.list()).some((process) => process.pid === pid)
  row('connect', `${(await sandbox.getInfo()).state}, its process lives: ${alive}`, duration)
}

/** Waits in a command until the sandbox's time has passed. */
async function watchOneEnd() {
  const start = performance.now()
  const sandbox = await Sandbox.create({ timeoutMs: 2000 })
  row('create', `${sandbox.sandboxId} may live for 2 s`)
  try {
    await sandbox.commands.run('sleep 60')
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    row('', `it has ended: ${error.name}`, performance.now() - start)
  }
  row('', `reason: ${await sandbox.waitUntilEnded()}`)
  row('isRunning', `${await sandbox.isRunning()}`)
}

/** Kills a sandbox, twice. */
async function killOne() {
  const sandbox = await Sandbox.create()
  const [killed, milliseconds] = await timed(() => sandbox.kill())
  row('kill', `${killed}`, milliseconds)
  const [killedAgain, duration] = await timed(() => sandbox.kill())
  row('kill again', `${killedAgain}, there is none`, duration)
}

/** Takes times, now that everything is warm. */
async function measure() {
  const firstResults = []
  const kills = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    const sandbox = await Sandbox.create()
    await sandbox.commands.run('true')
    firstResults.push(performance.now() - start)
    kills.push((await timed(() => sandbox.kill()))[1])
  }
  title(`Median of ${ROUNDS} rounds`)
  row('', "create to first command's result", median(firstResults))
  row('', 'kill', median(kills))
}

/** The result of a call, and how many milliseconds it took. */
async function timed(call) {
  const start = performance.now()
  const result = await call()
  return [result, performance.now() - start]
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2
}

function clock(date) {
  return `${date.toISOString().slice(11, 19)} UTC`
}

/** Prints what was called, what came of it, and how long it took. */
function row(name, text, milliseconds) {
  const duration = milliseconds === undefined ? '' : `${milliseconds.toFixed(1).padStart(9)} ms`
  console.log(`  ${name.padEnd(12)} ${text.padEnd(52)}${duration}`.trimEnd())
}

/** Prints a heading, bold on a terminal. */
function title(text) {
  const isBold = process.stdout.isTTY && !('NO_COLOR' in process.env)
  console.log(isBold ? `\n\x1b[1m${text}\x1b[0m` : `\n${text}`)
}
