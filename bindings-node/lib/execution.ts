import type { ChartTypes } from './charts'

/** Something that code printed. */
export class OutputMessage {
  /** What it printed: a piece of text, with the ends of its lines. */
  readonly line: string
  /** When it came, in microseconds since 1970. */
  readonly timestamp: number
  /** Whether it went to the standard error. */
  readonly error: boolean

  constructor(line: string, timestamp: number, error: boolean) {
    this.line = line
    this.timestamp = timestamp
    this.error = error
  }

  /** What it printed. */
  toString(): string {
    return this.line
  }
}

/** The exception that ended a run. It is a part of what came of the code, and is not thrown. */
export class ExecutionError {
  /** The class of the exception. */
  name: string
  /** What it says. */
  value: string
  /** Where it was raised. */
  traceback: string

  constructor(name: string, value: string, traceback: string) {
    this.name = name
    this.value = value
    this.traceback = traceback
  }
}

/** The name of a form of data, such as `image/bmp`. */
export type MIMEType = string

/** All forms of a result as the service sends them. */
export type RawData = { [form: MIMEType]: string } & {
  data: Record<string, unknown>
  chart: ChartTypes
}

// The order is that of `formats` and `toJSON`.
const TEXTS = [
  'text',
  'html',
  'markdown',
  'svg',
  'png',
  'jpeg',
  'pdf',
  'latex',
  'json',
  'javascript',
] as const
const FORMATS = [...TEXTS.slice(1), 'data'] as const
const NOT_EXTRA: readonly string[] = [...TEXTS, 'chart', 'data', 'extra', 'plain']

type Texts = Record<(typeof TEXTS)[number], string | undefined>

/** What code displayed, or what its last line came to, in all forms in which the kernel has it. */
export class Result {
  /** Whether it is what the last line came to, and not something that was displayed. */
  readonly isMainResult: boolean
  /** It as plain text. */
  readonly text?: string
  /** It as HTML. */
  readonly html?: string
  /** It as Markdown. */
  readonly markdown?: string
  /** It as a picture in SVG. */
  readonly svg?: string
  /** It as a picture in PNG, in base64. */
  readonly png?: string
  /** It as a picture in JPEG, in base64. */
  readonly jpeg?: string
  /** It as PDF, in base64. */
  readonly pdf?: string
  /** It as LaTeX. */
  readonly latex?: string
  /** It as JSON. */
  readonly json?: string
  /** It as a script. */
  readonly javascript?: string
  /** The columns of a table. */
  readonly data?: Record<string, unknown>
  /** The data of a figure. */
  readonly chart?: ChartTypes
  /** All other forms, by their names. */
  readonly extra: Record<string, any>
  /** All forms as the service sent them. */
  readonly raw: RawData

  constructor(rawData: RawData, isMainResult: boolean) {
    const { type: _type, is_main_result: _isMainResult, ...raw } = rawData
    this.isMainResult = isMainResult
    for (const name of TEXTS) this[name as 'text'] = raw[name]
    this.data = raw.data
    this.chart = raw.chart
    const others = Object.entries(raw).filter(([name]) => !NOT_EXTRA.includes(name))
    this.extra = { ...(raw.extra as object | undefined), ...Object.fromEntries(others) }
    this.raw = raw as RawData
  }

  /** The names of the forms that it has, beside those of text and of a chart. */
  formats(): string[] {
    return [...FORMATS.filter((name) => this[name]), ...Object.keys(this.extra)]
  }

  /** It as what `JSON.stringify` takes: all forms that are texts, and those beside the usual ones. */
  toJSON(): Texts & { extra?: Record<string, any> } {
    const texts = Object.fromEntries(TEXTS.map((name) => [name, this[name]])) as Texts
    return Object.keys(this.extra).length > 0 ? { ...texts, extra: this.extra } : texts
  }
}

/** All that code printed, piece by piece. */
export interface Logs {
  /** What went to the standard output. */
  stdout: string[]
  /** What went to the standard error. */
  stderr: string[]
}

/** What came of code. */
export class Execution {
  /** What it displayed, and what its last line came to. */
  results: Result[]
  /** What it printed. */
  logs: Logs
  /** The exception that ended it, if one did. */
  error?: ExecutionError
  /** How many runs its context has seen, with this one. */
  executionCount?: number

  constructor(
    results: Result[] = [],
    logs: Logs = { stdout: [], stderr: [] },
    error?: ExecutionError,
    executionCount?: number,
  ) {
    this.results = results
    this.logs = logs
    this.error = error
    this.executionCount = executionCount
  }

  /** What the last line came to, as plain text. */
  get text(): string | undefined {
    return this.results.find(({ isMainResult }) => isMainResult)?.text
  }

  /** It as what `JSON.stringify` takes. */
  toJSON(): { results: Result[]; logs: Logs; error: ExecutionError | undefined } {
    const { results, logs, error } = this
    return { results, logs, error }
  }
}
