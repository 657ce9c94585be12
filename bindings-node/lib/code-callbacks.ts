import type { CodeEvent, CodeOutput, CodeResult, RunningCode } from '../native.js'
import { Execution, ExecutionError, OutputMessage, Result } from './execution'
import { traced } from './traced'

/**
 * Functions that are called while code runs, one after the other. What one throws ends the run. While
 * one takes its time nothing more is taken; from 30 s on, that may end the run with an error.
 */
export interface CodeCallbacks {
  /** Gets each piece of the standard output. */
  onStdout?: (output: OutputMessage) => Promise<any> | any
  /** Gets each piece of the standard error. */
  onStderr?: (output: OutputMessage) => Promise<any> | any
  /** Gets what the code displays, and what its last line came to. */
  onResult?: (data: Result) => Promise<any> | any
  /** Gets the exception that ended the code. */
  onError?: (error: ExecutionError) => Promise<any> | any
}

/** Whether there is a callback at all. */
export function isHeard({ onStdout, onStderr, onResult, onError }: CodeCallbacks): boolean {
  return Boolean(onStdout || onStderr || onResult || onError)
}

/** What came of code that ran to its end. */
export function executionOf({ results, stdout, stderr, error, executionCount }: CodeOutput): Execution {
  const failure = error && exceptionOf(error)
  return new Execution(results.map(resultOf), { stdout, stderr }, failure, executionCount)
}

/** Hands what happens to the callbacks until the code ends, and gives all that came of it. */
export async function follow(running: RunningCode, callbacks: CodeCallbacks): Promise<Execution> {
  const execution = new Execution()
  try {
    for (;;) {
      const events = await traced(running.nextEvents())
      if (!events) return execution
      for (const event of events) await take(event, execution, callbacks)
    }
  } finally {
    // After its end, this does nothing.
    running.stop()
  }
}

/** Adds an event to what came of the code, and gives what its callback returned. */
function take(event: CodeEvent, execution: Execution, callbacks: CodeCallbacks): unknown {
  const { stdout, stderr, result, error, executionCount } = event
  const { logs, results } = execution
  if (stdout !== undefined) {
    logs.stdout.push(stdout)
    return callbacks.onStdout?.(message(stdout, false))
  }
  if (stderr !== undefined) {
    logs.stderr.push(stderr)
    return callbacks.onStderr?.(message(stderr, true))
  }
  if (result) {
    const shown = resultOf(result)
    results.push(shown)
    return callbacks.onResult?.(shown)
  }
  if (error) {
    execution.error = exceptionOf(error)
    return callbacks.onError?.(execution.error)
  }
  execution.executionCount = executionCount
  return undefined
}

function message(line: string, isError: boolean): OutputMessage {
  return new OutputMessage(line, Date.now() * 1000, isError)
}

function resultOf({ json, isMainResult }: CodeResult): Result {
  return new Result(JSON.parse(json), isMainResult)
}

function exceptionOf({ name, value, traceback }: NonNullable<CodeEvent['error']>): ExecutionError {
  return new ExecutionError(name, value, traceback)
}
