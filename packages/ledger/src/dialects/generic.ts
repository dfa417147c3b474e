// The reader of last resort: any record with gen_ai names, whoever wrote it. Its scope is unknown,
// so it is treated like an emitter that does not make its span the current one.

import { attribute, type Dialect, type FactDraft } from '../dialect.ts';
import { PROVIDER, REQUEST_MODEL, TOOL_NAME } from '../reading/aliases.ts';
import { hasUsage } from '../reading/figures.ts';
import { hasOnlyOldCacheNames, readGenAi } from '../reading/gen-ai.ts';
import { addMark } from '../reading/outcome.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const MCP_METHOD = attribute('mcp.method.name');
const AGENT_NAME = attribute('gen_ai.agent.name');
const INPUT_TOKENS = attribute('gen_ai.usage.input_tokens');
const PROMPT_TOKENS = attribute('gen_ai.usage.prompt_tokens');
const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';

const MARKERS = [
  OPERATION_NAME,
  ...PROVIDER,
  ...REQUEST_MODEL,
  ...TOOL_NAME,
  AGENT_NAME,
  MCP_METHOD,
  INPUT_TOKENS,
  PROMPT_TOKENS,
];

export const generic: Dialect = {
  name: 'otel-generic',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal === 'log') return record.name === DETAILS_EVENT;
    return MARKERS.some((name) => record.has(name));
  },

  read(record, fact) {
    readGenAi(record, fact);
    if (fact.operation === null) inferKind(fact);
    if (hasOnlyOldCacheNames(record, fact)) fact.cache_convention = 'excluded';
    addMark(fact, 'not_current');
    return true;
  },
};

/** A model and usage, and nothing else: a call, or an application's own sum over its calls. */
function inferKind(fact: FactDraft): void {
  const named = fact.request_model !== null || fact.response_model !== null;
  if (fact.kind !== 'step' || !named || !hasUsage(fact)) return;
  fact.kind = 'llm';
  addMark(fact, 'inferred');
}
