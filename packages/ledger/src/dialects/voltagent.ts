// VoltAgent. Its model span covers a whole run of several calls and tells the last one's usage alone;
// the agent's span has the sum, under names of its own.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { fillUsage, hasUsage } from '../reading/figures.ts';
import { fillIdentity } from '../reading/identity.ts';
import { picodollars } from '../reading/money.ts';
import { addDoubt, addMark, fillAnswer } from '../reading/outcome.ts';
import { fillTool } from '../reading/tool-fields.ts';

const SPAN_TYPE = attribute('span.type');
const ENTITY_TYPE = attribute('entity.type');
const ENTITY_NAME = attribute('entity.name');
const ENTITY_ID = attribute('entity.id');
const SUBAGENT_NAME = attribute('subagent.name');
const RUN_ID = attribute('operation.id');
const MODEL = attribute('ai.model.name');
const STREAM = attribute('llm.stream');
const TOOLS = attribute('llm.tools.count');
const INPUT = attribute('input');
const OUTPUT = attribute('output');
const SUM_INPUT = attribute('usage.prompt_tokens');
const SUM_OUTPUT = attribute('usage.completion_tokens');
const SUM_TOTAL = attribute('usage.total_tokens');
const SUM_CACHED = attribute('usage.cached_tokens');
const SUM_REASONING = attribute('usage.reasoning_tokens');
const SUM_COST = attribute('usage.cost');

const KINDS: ReadonlyMap<string, readonly [kind: Kind, operation: string]> = new Map([
  ['agent', ['agent', 'invoke_agent']],
  ['llm', ['llm', 'chat']],
  ['summary', ['llm', 'chat']],
  ['embedding', ['embedding', 'embeddings']],
  ['tool', ['tool', 'execute_tool']],
  ['memory', ['memory', 'memory']],
  ['retriever', ['retrieval', 'retrieval']],
  ['workflow', ['workflow', 'invoke_workflow']],
  ['scorer', ['evaluation', 'evaluation']],
  ['guardrail', ['guardrail', 'guardrail']],
]);

export const voltAgent: Dialect = {
  name: 'voltagent',
  recognises_by: 'shape',

  recognises(record) {
    return record.scope === '@voltagent/core' || (record.has(SPAN_TYPE) && record.has(ENTITY_TYPE));
  },

  read(record, fact) {
    fillIdentity(record, fact);
    fillAnswer(record, fact);
    const type = record.text(SPAN_TYPE) ?? record.text(ENTITY_TYPE) ?? '';
    const [kind, operation] = KINDS.get(type) ?? ['step', type];
    fact.kind = kind;
    fact.operation = operation;
    if (record.has(MODEL)) fact.request_model ??= MODEL;
    if (record.has(RUN_ID)) fact.execution_id ??= RUN_ID;
    if (kind === 'agent' || kind === 'llm') readAgent(record, fact);
    if (kind === 'tool') readTool(record, fact);
    if (kind === 'llm' || kind === 'embedding') readCall(record, fact, type);
    else readSum(record, fact);
    if (kind === 'agent') addMark(fact, 'own_calls_only');
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    addMark(fact, 'not_current');
    return true;
  },
};

function readAgent(record: RecordView, fact: FactDraft): void {
  if (record.text(ENTITY_TYPE) !== 'agent') return;
  // An agent that another one calls bears that one's name as its entity's.
  if (record.has(SUBAGENT_NAME)) fact.agent_name = SUBAGENT_NAME;
  else if (record.has(ENTITY_NAME)) fact.agent_name = ENTITY_NAME;
  if (record.has(ENTITY_ID)) fact.agent_id = ENTITY_ID;
}

/** `tool.parameters` is the tool's schema here. */
function readTool(record: RecordView, fact: FactDraft): void {
  fillTool(record, fact);
  fact.tool_arguments_bytes = record.bytes(INPUT);
  fact.tool_result_bytes = record.bytes(OUTPUT);
}

/** The figures of the last of several calls would hide the others: the agent's sum tells all. */
function readCall(record: RecordView, fact: FactDraft, type: string): void {
  fact.streaming ??= record.flag(STREAM);
  fact.tool_definitions = record.count(TOOLS);
  if (type !== 'llm') {
    fillUsage(record, fact);
    return;
  }
  addMark(fact, 'answered');
  addDoubt(fact, 'may_hold_several_bills');
}

function readSum(record: RecordView, fact: FactDraft): void {
  fact.input_tokens = record.count(SUM_INPUT);
  fact.output_tokens = record.count(SUM_OUTPUT);
  fact.total_tokens = record.count(SUM_TOTAL);
  if (!hasUsage(fact)) return;
  fact.cache_read_tokens = record.count(SUM_CACHED);
  fact.reasoning_tokens = record.count(SUM_REASONING);
  const cost = picodollars(record.text(SUM_COST) ?? '');
  fact.reported_cost_usd = cost !== null && cost > 0n ? cost : null;
}
