import {
  INTERPRETER_TEMPLATE,
  type Code,
  type CodeContextOptions,
  type RunCodeOptions,
  type Sandbox as NativeSandbox,
} from '../native.js'
import { check, checkOptions } from './check'
import { type CodeCallbacks, executionOf, follow, isHeard } from './code-callbacks'
import type { Execution } from './execution'
import { Sandbox as BaseSandbox } from './sandbox'
import { traced } from './traced'

/** A kernel that keeps what code leaves in it. */
export interface Context {
  /** Its id. */
  id: string
  /** Its language. */
  language: string
  /** The directory that it was started in. */
  cwd: string
}

/** A language that a template may have a kernel for. */
export type RunCodeLanguage =
  | 'python'
  | 'javascript'
  | 'typescript'
  | 'r'
  | 'java'
  | 'bash'
  | (string & {})

/** How to run code. */
export interface RunCodeOpts extends Omit<RunCodeOptions, 'language' | 'contextId'>, CodeCallbacks {}

/** What a new context is like. */
export interface CreateCodeContextOpts extends CodeContextOptions {
  /** Its language. Default: Python. */
  language?: RunCodeLanguage
}

/** How long one request may take. Default: that of the connection. */
export type CodeContextRequestOpts = Pick<CodeContextOptions, 'requestTimeoutMs'>

/**
 * A sandbox that runs code in kernels, which keep what code leaves in them.
 *
 * `await using sandbox = await Sandbox.create()` kills it at the end of the block.
 */
export class Sandbox extends BaseSandbox {
  protected static override readonly defaultTemplate: string = INTERPRETER_TEMPLATE
  readonly #code: Code

  /** Made by `Sandbox.create` and `Sandbox.connect`. */
  constructor(native: NativeSandbox) {
    super(native)
    this.#code = native.code
  }

  /**
   * Runs code in the default context of a language, which is Python where none is given.
   *
   * @throws {TimeoutError} when it ran for longer than it may.
   */
  runCode(code: string, opts?: RunCodeOpts & { language?: RunCodeLanguage }): Promise<Execution>
  /**
   * Runs code in a context.
   *
   * @throws {NotFoundError} when there is no such context.
   * @throws {TimeoutError} when it ran for longer than it may.
   */
  runCode(code: string, opts?: RunCodeOpts & { context?: Context }): Promise<Execution>
  async runCode(
    code: string,
    opts: RunCodeOpts & { language?: RunCodeLanguage; context?: Context } = {},
  ): Promise<Execution> {
    check('code', code, 'text')
    checkOptions(opts)
    const options = { ...opts, contextId: opts.context && idOf(opts.context) }
    // Nobody waits for the single pieces, so that all of them can be made into objects at once.
    if (!isHeard(opts)) return executionOf(await traced(this.#code.run(code, options)))
    return follow(await traced(this.#code.start(code, options)), opts)
  }

  /** Makes a context, in which code sees nothing of what runs in others. */
  async createCodeContext(opts: CreateCodeContextOpts = {}): Promise<Context> {
    checkOptions(opts)
    return traced(this.#code.createContext(opts))
  }

  /**
   * Removes a context, and all that is in it.
   *
   * @throws {NotFoundError} when there is no such context.
   */
  async removeCodeContext(
    context: Context | string,
    opts: CodeContextRequestOpts = {},
  ): Promise<void> {
    checkOptions(opts)
    await traced(this.#code.removeContext(idOf(context), opts.requestTimeoutMs))
  }

  /** All contexts. */
  async listCodeContexts(opts: CodeContextRequestOpts = {}): Promise<Context[]> {
    checkOptions(opts)
    return traced(this.#code.listContexts(opts.requestTimeoutMs))
  }

  /**
   * Starts a context anew, without anything that code left in it.
   *
   * @throws {NotFoundError} when there is no such context.
   */
  async restartCodeContext(
    context: Context | string,
    opts: CodeContextRequestOpts = {},
  ): Promise<void> {
    checkOptions(opts)
    await traced(this.#code.restartContext(idOf(context), opts.requestTimeoutMs))
  }
}

function idOf(context: Context | string): string {
  check('context', context, 'context')
  if (typeof context === 'string') return context
  check('context.id', context.id, 'text')
  return context.id
}
