// The door of the demo: the replay server, and where the agent program lies.

export { startReplay, type Replay, type ReplayOptions, type ServedRequest } from './replay.ts';
export { AGENT_SCRIPT, type FailStep, type ServeStep, type Step } from './script.ts';
export type { ServedUsage } from './served-usage.ts';

/** The agent program, to be run with `node`. */
export const AGENT_PROGRAM = new URL('./agent.js', import.meta.url);
