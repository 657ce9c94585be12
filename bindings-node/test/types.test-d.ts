// Checked by `npm run types`; never run.
import Default, {
  CommandExitError,
  type CommandHandle,
  type CommandResult,
  type EntryInfo,
  type EndReason,
  FileType,
  type GitStatus,
  type KeepAlive,
  Sandbox,
  SandboxError,
  type SandboxInfo,
  type SandboxLifecycle,
  type SandboxLifetime,
  type SandboxMetrics,
  type SandboxOnTimeout,
  type SandboxPaginator,
  type SandboxRequestOpts,
  type WatchHandle,
  type WriteInfo,
} from 'sandspan'
import CodeDefault, {
  type BarChart,
  ChartType,
  type Context,
  type Execution,
  type ExecutionError,
  type OutputMessage,
  type Result,
  type RunCodeOpts,
  SandboxError as SameError,
  Sandbox as CodeSandbox,
  deserializeChart,
} from 'sandspan/code-interpreter'

class Mine extends Sandbox {
  own = true
}

export async function checks(): Promise<void> {
  await using sandbox: Sandbox = await Sandbox.create({ timeoutMs: 1000, metadata: { a: 'b' } })
  const fromTemplate: Sandbox = await Default.create('base', { envs: { A: 'b' } })
  const mine: Mine = await Mine.create()
  const connected: Mine = await (await Mine.connect(mine.sandboxId)).connect({ timeoutMs: 5 })
  const pages: SandboxPaginator = Sandbox.list({
    query: { startedAfter: new Date(), state: ['running'] },
    order: 'asc',
  })
  const infos: SandboxInfo[] = await pages.nextItems()
  const end: Date | undefined = infos[0]?.endAt
  const killed: boolean = await Sandbox.kill(fromTemplate.sandboxId, { requestTimeoutMs: 5 })

  const short: SandboxRequestOpts = { requestTimeoutMs: 5 }
  await sandbox.setTimeout(1000, short)
  const info: SandboxInfo = await sandbox.getInfo(short)
  const alive: boolean = (await sandbox.isRunning(short)) && (await sandbox.kill(short))

  const result: CommandResult = await sandbox.commands.run('true', {
    onStdout: (text: string) => console.log(text),
    onStderr: async (text) => console.log(text.length),
  })
  const handle: CommandHandle = await sandbox.commands.run('cat', { background: true, stdin: true })
  const either: CommandResult | CommandHandle = await sandbox.commands.run('true', {
    background: killed,
  })
  const code: number | undefined = handle.exitCode
  await sandbox.commands.sendStdin(handle.pid, new Uint8Array(2))
  const error: SandboxError = new CommandExitError(result)
  const status: number | undefined = error.statusCode
  console.log(connected.own, info, alive, end, either, code, status)

  const onTimeout: SandboxOnTimeout = { action: 'pause', keepMemory: true }
  const lifecycle: SandboxLifecycle = { onTimeout, autoResume: true }
  const life = { timeoutMs: 60_000, idleTimeoutMs: 30_000, idleCountsProcesses: true, lifecycle }
  const old: Mine = await Mine.betaCreate('base', { ...life, autoPause: true })
  const paused: boolean =
    (await old.pause({ keepMemory: false, requestTimeoutMs: 5 })) ||
    (await Sandbox.betaPause(old.sandboxId, { keepMemory: true }))
  const lifetime: SandboxLifetime = await old.getLifetime(short)
  const idleEnd: Date | undefined = (await Sandbox.getLifetime(old.sandboxId)).idleDeadline
  const kind: 'websocket' | 'request' | string | undefined = lifetime.lastActivity?.kind
  const enforcer: 'server' | 'lease' = lifetime.enforcedBy
  await using keep: KeepAlive = await old.keepAlive({ extendByMs: 60_000 })
  const limit: Date | undefined = keep.limitedUntil
  const failure: SandboxError | undefined = keep.failure
  const reason: EndReason = await old.waitUntilEnded(short)
  const cancel: () => void = old.onEnd((reason) => console.log(reason === 'idle'))
  console.log(paused, `${lifetime}`, idleEnd, kind, enforcer, limit, failure, reason, cancel())

  const { files } = sandbox
  const text: string = await files.read('f', { user: 'root' })
  const bytes: Uint8Array = await files.read('f', { format: 'bytes', gzip: true })
  const blob: Blob = await files.read('f', { format: 'blob' })
  const stream: ReadableStream<Uint8Array> = await files.read('f', { format: 'stream' })
  const one: WriteInfo = await files.write('f', stream, { metadata: { a: 'b' } })
  const many: WriteInfo[] = await files.write([{ path: 'f', data: blob }], { gzip: true })
  const entries: EntryInfo[] = await files.list('.', { depth: 2 })
  const isDirectory: boolean = entries[0]?.type === FileType.DIR
  const watch: WatchHandle = await files.watchDir('.', ({ type }) => console.log(type === 'write'), {
    recursive: true,
    onExit: (error?: Error) => console.log(error),
  })
  console.log(text, bytes, one.type, many, isDirectory, await watch.stop())

  const shell: CommandHandle = await sandbox.pty.create({
    cols: 80,
    rows: 24,
    onData: (bytes: Uint8Array) => console.log(bytes.length),
  })
  await sandbox.pty.resize(shell.pid, { cols: 100, rows: 40 })
  const git: GitStatus = await sandbox.git.status('repo', { timeoutMs: 5 })
  await sandbox.git.commit('repo', 'message', { allowEmpty: true, cwd: '/' })
  const metrics: SandboxMetrics[] = await sandbox.getMetrics({ start: new Date() })
  await Sandbox.updateNetwork(sandbox.sandboxId, { denyOut: ({ allTraffic }) => [allTraffic] })
  await Sandbox.create({
    network: { allowOut: ({ rules }) => [...rules.keys()], rules: { 'a.b': [{}] } },
  })
  const ports: number[] | undefined = info.network?.httpsPorts
  const url: string = await sandbox.downloadUrl('f', { useSignatureExpiration: 60 })
  console.log(git.fileStatus[0]?.status === 'renamed', metrics[0]?.memUsed, ports, url)

  // @ts-expect-error there is no such form
  await files.read('f', { format: 'lines' })
  // @ts-expect-error a terminal has a size
  await sandbox.pty.create({ onData: () => {} })
  // @ts-expect-error there is no such reset
  await sandbox.git.reset('repo', { mode: 'mild' })

  // @ts-expect-error what is killed keeps no memory
  await Sandbox.create({ lifecycle: { onTimeout: { action: 'kill', keepMemory: true } } })
  // @ts-expect-error there is no such action
  await Sandbox.create({ lifecycle: { onTimeout: 'stop' } })
  // @ts-expect-error a lifetime is what was told at one moment
  lifetime.deadline = new Date()
  // @ts-expect-error seconds are Python's; here it is timeoutMs
  await Sandbox.create({ timeout: 5 })
  // @ts-expect-error a number of milliseconds
  await Sandbox.create({ timeoutMs: '5' })
  // @ts-expect-error values are strings
  await Sandbox.create({ metadata: { a: 1 } })
  // @ts-expect-error a sandbox stays with its provider
  await sandbox.kill({ provider: 'e2b' })
  // @ts-expect-error an id is needed
  await Sandbox.kill()
  // @ts-expect-error a foreground command gives its result
  const wrong: CommandHandle = await sandbox.commands.run('true')
  // @ts-expect-error there is no such order
  Sandbox.list({ order: 'up' })
  // @ts-expect-error ids do not change
  sandbox.sandboxId = wrong.stdout
}

class MyKernels extends CodeSandbox {
  static override defaultTemplate = 'mine'
}

export async function codeChecks(): Promise<void> {
  await using sandbox: CodeSandbox = await CodeSandbox.create({ timeoutMs: 1000 })
  const plain: Sandbox = sandbox
  const own: MyKernels = await MyKernels.create()
  const same: CodeSandbox = await CodeDefault.connect(own.sandboxId)
  const opts: RunCodeOpts = { envs: { A: 'b' }, timeoutMs: 5, requestTimeoutMs: 5 }
  const execution: Execution = await sandbox.runCode('1', {
    ...opts,
    language: 'python',
    onStdout: (output: OutputMessage) => console.log(output.line, output.timestamp),
    onStderr: async ({ error }) => console.log(error === true),
    onResult: (result: Result) => result.formats(),
    onError: (error: ExecutionError) => console.log(error.traceback),
  })
  const text: string | undefined = execution.text
  const count: number | undefined = execution.executionCount
  const shown: string | undefined = execution.results[0]?.png ?? execution.logs.stdout[0]
  const context: Context = await sandbox.createCodeContext({ cwd: '/', language: 'some-language' })
  await same.runCode('1', { context })
  await sandbox.restartCodeContext(context.id)
  const contexts: Context[] = await sandbox.listCodeContexts({ requestTimeoutMs: 5 })
  await sandbox.removeCodeContext(context)
  const chart = execution.results[0]?.chart
  if (chart?.type === ChartType.BAR) {
    const bars: BarChart = chart
    console.log(bars.elements[0]?.value, bars.x_unit)
  } else if (chart?.type === 'pie') {
    console.log(chart.elements[0]?.angle)
  }
  console.log(deserializeChart({}).title, JSON.stringify(execution), new SameError('x').code)
  console.log(plain, text, count, shown, contexts)

  // @ts-expect-error only this entry's class runs code
  await plain.runCode('1')
  // @ts-expect-error a context or a language, not both
  await sandbox.runCode('1', { context, language: 'python' })
  // @ts-expect-error milliseconds
  await sandbox.runCode('1', { timeoutMs: '5' })
  // @ts-expect-error what came of code does not change
  if (execution.results[0]) execution.results[0].png = ''
}
