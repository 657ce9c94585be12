// Running code, as vectors describe it.

/** Runs code, and gives what came of it in the form that vectors compare. */
export async function runCode(method, [code, { stream, ...options }]) {
  const events = []
  const execution = await method(code, stream ? { ...options, ...callbacks(events) } : options)
  const { text, logs, error, executionCount } = execution
  const [stdout, stderr] = [logs.stdout.join(''), logs.stderr.join('')]
  const results = execution.results.map(shown)
  return { text, results, stdout, stderr, error, executionCount, events }
}

/** Callbacks that note what they are called with, neighbouring output as one text. */
function callbacks(events) {
  const print = (stream) => (output) => {
    const last = events.at(-1)
    if (last && stream in last) last[stream] += output.line
    else events.push({ [stream]: output.line })
  }
  return {
    onStdout: print('stdout'),
    onStderr: print('stderr'),
    onResult: (result) => events.push({ result: shown(result) }),
    onError: (error) => events.push({ error }),
  }
}

/** A result with the list of its formats, without those of text and charts, which are not listed. */
function shown(result) {
  return { ...result, formats: result.formats() }
}
