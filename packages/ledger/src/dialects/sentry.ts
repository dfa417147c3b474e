// Sentry's SDKs, exported over OTLP: GenAI names with parts as suffixes, kinds as `gen_ai.*` or
// `ai.*` operations. Its sum of an agent's calls stands on the agent's span under the same names.

import { attribute, type Dialect, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { readGenAi } from '../reading/gen-ai.ts';

const OP = attribute('sentry.op');
const PIPELINE = attribute('gen_ai.pipeline.name');

const KINDS: readonly (readonly [ending: string, kind: Kind, operation: string])[] = [
  ['invoke_agent', 'agent', 'invoke_agent'],
  ['create_agent', 'step', 'create_agent'],
  ['execute_tool', 'tool', 'execute_tool'],
  ['handoff', 'step', 'handoff'],
  ['embeddings', 'embedding', 'embeddings'],
  ['pipeline', 'workflow', 'invoke_workflow'],
  ['run', 'agent', 'invoke_agent'],
  ['chat', 'llm', 'chat'],
  ['chat_completions', 'llm', 'chat'],
  ['text_completion', 'llm', 'text_completion'],
  ['generate_text', 'llm', 'chat'],
  ['stream_text', 'llm', 'chat'],
  ['responses', 'llm', 'chat'],
  ['messages', 'llm', 'chat'],
];

export const sentry: Dialect = {
  name: 'sentry',
  recognises_by: 'values',

  recognises(record) {
    return record.has(OP) && /^(gen_)?ai\./.test(record.text(OP) ?? '');
  },

  read(record, fact) {
    readGenAi(record, fact);
    const found = kindOf(record);
    if (found !== undefined) [, fact.kind, fact.operation] = found;
    if (record.has(PIPELINE)) fact.workflow_name ??= PIPELINE;
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    return true;
  },
};

/** The last words of the operation: `gen_ai.chat`, `ai.chat_completions.create.openai`. */
function kindOf(record: RecordView): (typeof KINDS)[number] | undefined {
  const words = (record.text(OP) ?? '').split('.');
  return KINDS.find(([word]) => words.includes(word));
}
