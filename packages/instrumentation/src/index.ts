// The public door of @spanledger/instrumentation.

export { setContext, type AgentContext } from './agent-context.ts';
export { AgentInstrumentation, type AgentInstrumentationConfig } from './agent-instrumentation.ts';
export { instrumentClaudeAgent } from './claude-agent.ts';
export {
  instrumentAnthropic,
  instrumentGroq,
  instrumentOpenAI,
  instrumentTogether,
} from './client-hook.ts';
export { ContextSpanProcessor } from './context-spans.ts';
export { flush } from './flush.ts';
export type { AgentOptions } from './agent-plan.ts';
export { endExecution, startExecution, type Execution, type ExecutionEnd } from './execution.ts';
export { judgeAnswer, type AnswerQuality, type QualityOptions } from './answer-quality.ts';
export { generationLog, type GenerationResult, type GenerationStart } from './generation-log.ts';
export { liveCost, type LiveCost, type LiveCostOptions, type Metered } from './live-cost.ts';
export {
  runWithContext,
  withAgent,
  withStage,
  withTool,
  type Stage,
  type ToolOptions,
} from './manual.ts';
export { providerFromModel } from './model-provider.ts';
export { recordUsage, type RecordedUsage } from './recorded-usage.ts';
export {
  currentExecution,
  log,
  route,
  setOutput,
  setStatus,
  skip,
  type CurrentExecution,
  type Route,
  type Skip,
  type Status,
} from './run-notes.ts';
export { trackRun, trackRunSync, type TrackOptions } from './tracked-run.ts';
export { setStreamUsage } from './stream-usage.ts';
export { countTokens, type CountRequest, type TokenCount } from './token-count.ts';
