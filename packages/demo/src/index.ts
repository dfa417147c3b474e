// The door of the demo: the agent program, and the replay server that answers it.

export { startAgent, type AgentEnd, type AgentOptions } from './agent-process.ts';
export { startReplay, type Replay, type ReplayOptions, type ServedRequest } from './replay.ts';
export { AGENT_SCRIPT, type FailStep, type ServeStep, type Step } from './script.ts';
export type { ServedUsage } from './served-usage.ts';
