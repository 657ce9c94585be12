/** What a chart is. */
export const ChartType = {
  /** Points that are joined. */
  LINE: 'line',
  /** Points that are not. */
  SCATTER: 'scatter',
  /** Bars. */
  BAR: 'bar',
  /** Slices of a whole. */
  PIE: 'pie',
  /** Quartiles, and what lies outside of them. */
  BOX_AND_WHISKER: 'box_and_whisker',
  /** Several charts in one figure. */
  SUPERCHART: 'superchart',
  /** Anything else: it has no data. */
  UNKNOWN: 'unknown',
} as const

/** What a chart is: `line`, `scatter`, `bar`, `pie`, `box_and_whisker`, `superchart` or `unknown`. */
export type ChartType = (typeof ChartType)[keyof typeof ChartType]

/** How an axis is divided. */
export const ScaleType = {
  /** Evenly. */
  LINEAR: 'linear',
  /** By time: its values are texts in the form of ISO 8601. */
  DATETIME: 'datetime',
  /** By names. */
  CATEGORICAL: 'categorical',
  /** By powers. */
  LOG: 'log',
  /** By powers on both sides of zero. */
  SYMLOG: 'symlog',
  /** By odds. */
  LOGIT: 'logit',
  /** By a function of the program's own. */
  FUNCTION: 'function',
  /** By powers of a function of the program's own. */
  FUNCTIONLOG: 'functionlog',
  /** By the inverse hyperbolic sine. */
  ASINH: 'asinh',
} as const

/** How an axis is divided, as matplotlib names it. */
export type ScaleType = (typeof ScaleType)[keyof typeof ScaleType]

/** The data of a figure. What it lacks is null. */
export interface Chart {
  /** What it is. */
  type: ChartType
  /** What stands above it. */
  title: string
  /** What is drawn in it. */
  elements: any[]
}

/** A chart with two axes. */
export interface Chart2D extends Chart {
  /** What stands at the horizontal axis. */
  x_label?: string | null
  /** What stands at the vertical axis. */
  y_label?: string | null
  /** The unit of the horizontal axis, as its label tells it in brackets. */
  x_unit?: string | null
  /** The unit of the vertical axis, as its label tells it in brackets. */
  y_unit?: string | null
}

/** Points that belong together. */
export interface PointData {
  /** Their name. */
  label: string
  /** Where each of them is: horizontally, then vertically. */
  points: [number | string, number | string][]
}

/** A chart of points. */
export interface PointChart extends Chart2D {
  /** Where the horizontal axis is marked. */
  x_ticks: (number | string)[]
  /** How the horizontal axis is divided. */
  x_scale: ScaleType
  /** What stands at its marks. */
  x_tick_labels: string[]
  /** Where the vertical axis is marked. */
  y_ticks: (number | string)[]
  /** How the vertical axis is divided. */
  y_scale: ScaleType
  /** What stands at its marks. */
  y_tick_labels: string[]
  /** The points of each group. */
  elements: PointData[]
}

/** A chart of lines. */
export interface LineChart extends PointChart {
  type: 'line'
}

/** A chart of points that are not joined. */
export interface ScatterChart extends PointChart {
  type: 'scatter'
}

/** A bar. */
export interface BarData {
  /** Its name. */
  label: string
  /** How long it is. */
  value: number
  /** The group that it is one of. */
  group: string
}

/** A chart of bars. */
export interface BarChart extends Chart2D {
  type: 'bar'
  /** Its bars. */
  elements: BarData[]
}

/** A slice of a whole. */
export interface PieData {
  /** Its name. */
  label: string
  /** How wide it is, in degrees. */
  angle: number
  /** How far it reaches from the middle. */
  radius: number
}

/** A chart of slices. */
export interface PieChart extends Chart {
  type: 'pie'
  /** Its slices. */
  elements: PieData[]
}

/** How values are spread. */
export interface BoxAndWhiskerData {
  /** Their name. */
  label: string
  /** The least of them, outliers apart. */
  min: number
  /** What a quarter of them is below. */
  first_quartile: number
  /** What half of them is below. */
  median: number
  /** What three quarters of them are below. */
  third_quartile: number
  /** The greatest of them, outliers apart. */
  max: number
  /** Those that lie far away from the others. */
  outliers: number[]
}

/** A chart of how values are spread. */
export interface BoxAndWhiskerChart extends Chart2D {
  type: 'box_and_whisker'
  /** Its boxes. */
  elements: BoxAndWhiskerData[]
}

/** Several charts in one figure. */
export interface SuperChart extends Chart {
  type: 'superchart'
  /** The charts. */
  elements: Chart[]
}

/** All charts that have data. Their `type` tells them apart. */
export type ChartTypes =
  | LineChart
  | ScatterChart
  | BarChart
  | PieChart
  | BoxAndWhiskerChart
  | SuperChart

const TYPES: readonly string[] = Object.values(ChartType)

/** Makes a chart of its JSON. One of a type that this package does not know is `unknown`. */
export function deserializeChart(data: Record<string, any>): Chart {
  const { type } = data
  if (!TYPES.includes(type)) return { ...(data as Chart), type: ChartType.UNKNOWN }
  if (type !== ChartType.SUPERCHART) return { ...(data as Chart) }
  return { ...(data as SuperChart), elements: (data as SuperChart).elements.map(deserializeChart) }
}
