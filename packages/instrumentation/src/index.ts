// The public door of @spanledger/instrumentation.

export { setContext, type AgentContext } from './context/agent-context.ts';
export { AgentInstrumentation, type AgentInstrumentationConfig } from './agent-instrumentation.ts';
export { instrumentClaudeAgent } from './adapters/claude-agent.ts';
export {
  instrumentAnthropic,
  instrumentGroq,
  instrumentOpenAI,
  instrumentTogether,
} from './hooks/client-hook.ts';
export { ContextSpanProcessor } from './sending/context-spans.ts';
export { flush } from './sending/flush.ts';
export { BudgetStopped, withBudget, type BudgetOptions } from './agents/budget.ts';
export type { AgentOptions } from './agents/agent-plan.ts';
export {
  endExecution,
  startExecution,
  type Execution,
  type ExecutionEnd,
} from './agents/execution.ts';
export { judgeAnswer, type AnswerQuality, type QualityOptions } from './calls/answer-quality.ts';
export {
  generationLog,
  type GenerationResult,
  type GenerationStart,
} from './agents/generation-log.ts';
export type { PrivacyOptions } from './privacy/options.ts';
export { privacyCounts, type PrivacyCounts } from './privacy/counts.ts';
export { setPrivacy } from './privacy/policy.ts';
export { liveCost, type LiveCost, type LiveCostOptions, type Metered } from './agents/live-cost.ts';
export {
  runWithContext,
  withAgent,
  withStage,
  withTool,
  type Stage,
  type ToolOptions,
} from './agents/manual.ts';
export { providerFromModel } from './calls/model-provider.ts';
export { recordUsage, type RecordedUsage } from './agents/recorded-usage.ts';
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
} from './agents/run-notes.ts';
export { trackRun, trackRunSync, type TrackOptions } from './agents/tracked-run.ts';
export { setStreamUsage } from './calls/stream-usage.ts';
export { countTokens, type CountRequest, type TokenCount } from './agents/token-count.ts';
