// A stage of an agent's run: the run tells when it began, and how long it took.

import type { Attributes } from '@opentelemetry/api';
import type { AgentRun } from './agent-run.ts';
import { STAGE } from '../own-attributes.ts';
import { DURATION_MS, EXECUTION_STAGE, EXECUTION_STAGE_END } from '../run-attributes.ts';
import { errorType } from './run.ts';
import { ERROR_TYPE } from '../semantic-conventions.ts';
import type { Watcher } from './within.ts';

/** Begins the stage; what is given back ends it, once. */
export function stageOf(run: AgentRun, name: string): Watcher {
  const startedAt_ms = performance.now();
  run.note(EXECUTION_STAGE, { [STAGE]: name });
  let over = false;
  const end = (more: Attributes): void => {
    if (over) return;
    over = true;
    const duration_ms = performance.now() - startedAt_ms;
    run.note(EXECUTION_STAGE_END, { [STAGE]: name, [DURATION_MS]: duration_ms, ...more });
  };
  return {
    end: () => end({}),
    fail: (error) => end({ [ERROR_TYPE]: errorType(error) }),
  };
}
