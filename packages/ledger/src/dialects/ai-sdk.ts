// The Vercel AI SDK 4 to 6, scope `ai`. Only the spans of a provider call (`.doGenerate`, `.doStream`,
// `.doEmbed`, `.doRerank`) own usage; their roots repeat the last step or the sum.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { fillProvider } from '../reading/identity.ts';
import { fillFromUsageObject, isObject } from '../reading/usage-object.ts';

const OPERATION_ID = attribute('ai.operationId');
const OPERATION_NAME = attribute('operation.name');
const FUNCTION_ID = attribute('ai.telemetry.functionId');
const PROVIDER = attribute('ai.model.provider');
const PROVIDER_METADATA = attribute('ai.response.providerMetadata');
const INPUT_DETAILS = attribute('ai.usage.inputTokenDetails.noCacheTokens');

const OPERATIONS: ReadonlyMap<string, readonly [kind: Kind, operation: string]> = new Map([
  ['doGenerate', ['llm', 'chat']],
  ['doStream', ['llm', 'chat']],
  ['doEmbed', ['embedding', 'embeddings']],
  ['doRerank', ['rerank', 'rerank']],
  ['toolCall', ['tool', 'execute_tool']],
  ['generateText', ['agent', 'invoke_agent']],
  ['streamText', ['agent', 'invoke_agent']],
  ['generateObject', ['agent', 'invoke_agent']],
  ['streamObject', ['agent', 'invoke_agent']],
]);

export const aiSdk: Dialect = {
  name: 'ai-sdk',
  recognises_by: 'values',

  recognises(record) {
    if (record.scope !== 'ai') return false;
    return record.has(OPERATION_ID) || (record.text(OPERATION_NAME) ?? '').startsWith('ai.');
  },

  read(record, fact) {
    readGenAi(record, fact);
    const name = operationOf(record);
    const [kind, operation] = OPERATIONS.get(name) ?? ['step', name];
    fact.kind = kind;
    fact.operation = operation;
    // `anthropic.messages` names the API after the provider.
    fillProvider(fact, (record.text(PROVIDER) ?? '').split('.')[0] ?? '');
    if (record.has(FUNCTION_ID)) fact.agent_name = FUNCTION_ID;
    fact.reasoning_convention = 'included';
    fact.streaming = name === 'doStream' ? true : name === 'doGenerate' ? false : null;
    if (kind === 'llm') readCache(record, fact);
    return true;
  },
};

/** `ai.generateText.doGenerate` is doGenerate; `operation.name` has the function's id behind it. */
function operationOf(record: RecordView): string {
  const id = record.text(OPERATION_ID) ?? (record.text(OPERATION_NAME) ?? '').split(' ')[0] ?? '';
  return id.slice(id.lastIndexOf('.') + 1);
}

/**
 * Version 6 normalises and writes details. Before it, the input of some providers leaves the cache
 * out, and only their own metadata tells how much it was.
 */
function readCache(record: RecordView, fact: FactDraft): void {
  fact.cache_convention = 'included';
  if (record.has(INPUT_DETAILS)) return;
  const metadata = record.json(PROVIDER_METADATA);
  if (!isObject(metadata)) return;
  const own = metadata['anthropic'] ?? metadata['bedrock'];
  if (!isObject(own)) return;
  fillFromUsageObject(fact, own['usage']);
  fact.cache_convention = 'excluded';
}
