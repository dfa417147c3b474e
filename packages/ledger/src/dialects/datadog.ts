// Datadog's tracers, exported over OTLP: their own span kind beside GenAI names with underscores.

import { attribute, type Dialect } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { fillFromUsageObject } from '../reading/usage-object.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { fillProvider } from '../reading/identity.ts';

const SPAN_KIND = attribute('_ml_obs.meta.span.kind');
const MODEL_NAME = attribute('_ml_obs.meta.model_name');
const MODEL_PROVIDER = attribute('_ml_obs.meta.model_provider');
const SESSION = attribute('_ml_obs.session_id');
const METRICS = attribute('_ml_obs.metrics');

const KINDS: ReadonlyMap<string, readonly [kind: Kind, operation: string]> = new Map([
  ['llm', ['llm', 'chat']],
  ['embedding', ['embedding', 'embeddings']],
  ['retrieval', ['retrieval', 'retrieval']],
  ['tool', ['tool', 'execute_tool']],
  ['agent', ['agent', 'invoke_agent']],
  ['workflow', ['workflow', 'invoke_workflow']],
  ['task', ['step', 'task']],
]);

export const datadog: Dialect = {
  name: 'datadog',
  recognises_by: 'shape',

  recognises(record) {
    return record.has(SPAN_KIND);
  },

  read(record, fact) {
    readGenAi(record, fact);
    [fact.kind, fact.operation] = KINDS.get(record.text(SPAN_KIND) ?? '') ?? ['step', null];
    if (record.has(MODEL_NAME)) fact.request_model ??= MODEL_NAME;
    if (fact.provider === null) fillProvider(fact, record.text(MODEL_PROVIDER) ?? '');
    if (record.has(SESSION)) fact.conversation_id ??= SESSION;
    if (record.has(METRICS)) fillFromUsageObject(fact, record.json(METRICS));
    if (fact.kind === 'agent') fact.agent_name ??= record.name;
    if (fact.kind === 'tool') fact.tool_name ??= record.name;
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    return true;
  },
};
