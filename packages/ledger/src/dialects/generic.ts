// The reader of last resort: any record with gen_ai names, or with a model and figures in whatever
// words. Its scope is unknown, so it is treated like an emitter that does not make its span current.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import {
  INPUT_TOKENS,
  OUTPUT_TOKENS,
  PROVIDER,
  REQUEST_MODEL,
  textOf,
  TOOL_NAME,
  TOTAL_TOKENS,
} from '../reading/aliases.ts';
import { hasUsage } from '../reading/figures.ts';
import { DETAILS_EVENT, hasOnlyOldCacheNames, readGenAi } from '../reading/gen-ai.ts';
import { fillOtherNames, hasOtherNames } from '../reading/other-names.ts';
import { addMark } from '../reading/outcome.ts';
import { kindOfOperation } from '../reading/vocabulary.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const MCP_METHOD = attribute('mcp.method.name');
const AGENT_NAME = attribute('gen_ai.agent.name');
const REQUEST_TYPE = attribute('llm.request.type');
const EVENT_NAME = attribute('event.name');

const MARKERS = [
  OPERATION_NAME,
  ...PROVIDER,
  ...REQUEST_MODEL,
  ...TOOL_NAME,
  AGENT_NAME,
  MCP_METHOD,
  ...INPUT_TOKENS,
  ...OUTPUT_TOKENS,
  ...TOTAL_TOKENS,
];

/** Operations whose words begin no other span's name. */
const IN_NAMES: ReadonlySet<string> = new Set([
  'chat', 'generate_content', 'text_completion', 'embeddings', 'rerank', 'retrieval',
  'execute_tool', 'invoke_agent', 'invoke_workflow',
]); // prettier-ignore

export const generic: Dialect = {
  name: 'otel-generic',
  recognises_by: 'shape',

  recognises(record) {
    if (record.signal === 'log') {
      return record.name === DETAILS_EVENT || record.text(EVENT_NAME) === DETAILS_EVENT;
    }
    return MARKERS.some((name) => record.has(name)) || hasOtherNames(record);
  },

  read(record, fact) {
    readGenAi(record, fact);
    fillOtherNames(record, fact);
    if (record.signal === 'log') fact.kind = 'llm';
    else if (fact.kind === 'step') inferKind(record, fact);
    if (hasOnlyOldCacheNames(record, fact)) fact.cache_convention = 'excluded';
    nameFromSpan(record, fact);
    addMark(fact, 'not_current');
    return true;
  },
};

/** An operation that no table knows decides nothing: what the span is called, then what it tells. */
function inferKind(record: RecordView, fact: FactDraft): void {
  const named = record.text(OPERATION_NAME);
  if (named !== null && kindOfOperation(named) !== null) return;
  const said = kindOfOperation(record.text(REQUEST_TYPE) ?? '') ?? kindOfName(record.name);
  if (said !== null) {
    fact.kind = said;
    return;
  }
  if (!hasUsage(fact)) return;
  if (fact.request_model === null && fact.response_model === null) return;
  fact.kind = isEmbedding(record, fact) ? 'embedding' : 'llm';
  addMark(fact, 'inferred');
}

/** The conventions name a span after its operation, as in `chat gpt-4o`. */
function kindOfName(name: string): Kind | null {
  const space = name.indexOf(' ');
  const first = space > 0 ? name.slice(0, space) : '';
  return IN_NAMES.has(first) ? kindOfOperation(first) : null;
}

function isEmbedding(record: RecordView, fact: FactDraft): boolean {
  return (fact.output_tokens ?? 0) === 0 && textOf(record, REQUEST_MODEL).includes('embed');
}

/** Names that stand behind the operation and nowhere else. */
function nameFromSpan(record: RecordView, fact: FactDraft): void {
  if (fact.kind === 'agent') fact.agent_name ??= wordsBehind(record, 'invoke_agent ');
  else if (fact.kind === 'tool') fact.tool_name ??= wordsBehind(record, 'execute_tool ');
}

function wordsBehind({ name }: RecordView, operation: string): string | null {
  return name.startsWith(operation) ? name.slice(operation.length) : null;
}
