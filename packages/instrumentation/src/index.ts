// The public door of @spanledger/instrumentation.

export { setContext, type AgentContext } from './agent-context.ts';
export { AgentInstrumentation, type AgentInstrumentationConfig } from './agent-instrumentation.ts';
export { ContextSpanProcessor } from './context-spans.ts';
export { flush } from './flush.ts';
export {
  runWithContext,
  withAgent,
  withStage,
  withTool,
  type AgentOptions,
  type ToolOptions,
} from './manual.ts';
