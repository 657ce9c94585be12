import { Sandbox } from './code-sandbox'

export * from './index'
export {
  type BarChart,
  type BarData,
  type BoxAndWhiskerChart,
  type BoxAndWhiskerData,
  type Chart,
  type Chart2D,
  ChartType,
  type ChartTypes,
  type LineChart,
  type PieChart,
  type PieData,
  type PointChart,
  type PointData,
  ScaleType,
  type ScatterChart,
  type SuperChart,
  deserializeChart,
} from './charts'
export type { CodeCallbacks } from './code-callbacks'
export {
  type CodeContextRequestOpts,
  type Context,
  type CreateCodeContextOpts,
  type RunCodeLanguage,
  type RunCodeOpts,
  Sandbox,
} from './code-sandbox'
export {
  Execution,
  ExecutionError,
  type Logs,
  type MIMEType,
  OutputMessage,
  type RawData,
  Result,
} from './execution'
export default Sandbox
