// The Vercel AI SDK 4 to 6, scope `ai`. Only the spans of a provider call (`.doGenerate`, `.doStream`,
// `.doEmbed`, `.doRerank`) own usage; their roots repeat the last step or the sum.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import type { Kind } from '../fact.ts';
import { readGenAi } from '../reading/gen-ai.ts';
import { fillProvider } from '../reading/identity.ts';
import { addMark } from '../reading/outcome.ts';
import { readProviderMetadata } from './ai-sdk-metadata.ts';

const OPERATION_ID = attribute('ai.operationId');
const OPERATION_NAME = attribute('operation.name');
const FUNCTION_ID = attribute('ai.telemetry.functionId');
const PROVIDER = attribute('ai.model.provider');
const MODEL = attribute('ai.model.id');
const RESPONSE_ID = attribute('gen_ai.response.id');
const TOOLS = attribute('ai.prompt.tools');
const INPUT_DETAILS = attribute('ai.usage.inputTokenDetails.noCacheTokens');

/** Ids that the SDK makes up where the provider gave none: `aitxt-…`, `aiobj-…`. */
const OWN_ID_PREFIX = 'ai';
const GATEWAY = 'gateway';
/** Counts its thoughts beside the output. */
const THINKING_APART = 'gcp.gemini';

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
    // An application may give the SDK a tracer of its own, so the scope alone says little.
    if (record.has(OPERATION_ID)) return true;
    return record.scope === 'ai' && (record.text(OPERATION_NAME) ?? '').startsWith('ai.');
  },

  read(record, fact) {
    readGenAi(record, fact);
    const name = operationOf(record);
    const [kind, operation] = OPERATIONS.get(name) ?? ['step', name];
    fact.kind = kind;
    fact.operation = operation;
    fillProvider(fact, providerWord(record));
    if (record.has(FUNCTION_ID)) fact.agent_name = FUNCTION_ID;
    if ((record.text(RESPONSE_ID) ?? '').startsWith(OWN_ID_PREFIX)) fact.response_id = null;
    fact.reasoning_convention = 'included';
    fact.streaming = name === 'doStream' ? true : name === 'doGenerate' ? false : null;
    fact.tool_definitions_bytes ??= record.bytes(TOOLS);
    if (kind === 'llm') {
      readCache(record, fact);
      // Version 4 writes this provider's candidates and drops its thoughts and its total.
      const silent = fact.reasoning_tokens === null;
      if (silent && fact.provider === THINKING_APART) addMark(fact, 'leaves_reasoning_out');
    }
    return true;
  },
};

/** `anthropic.messages` names the API after the provider, a gateway's model its provider before it. */
function providerWord(record: RecordView): string {
  const word = (record.text(PROVIDER) ?? '').split('.')[0] ?? '';
  if (word !== GATEWAY) return word;
  const model = record.text(MODEL) ?? '';
  return model.includes('/') ? model.slice(0, model.indexOf('/')) : word;
}

/** `ai.generateText.doGenerate` is doGenerate; `operation.name` has the function's id behind it. */
function operationOf(record: RecordView): string {
  const id = record.text(OPERATION_ID) ?? (record.text(OPERATION_NAME) ?? '').split(' ')[0] ?? '';
  return id.slice(id.lastIndexOf('.') + 1);
}

/**
 * Version 6 normalises and, for plain text, writes details. Everywhere else only the provider's own
 * words tell how much was cached and whether the input holds it.
 */
function readCache(record: RecordView, fact: FactDraft): void {
  fact.cache_convention = 'included';
  if (record.has(INPUT_DETAILS) && (fact.cache_write_tokens ?? 0) === 0) return;
  readProviderMetadata(record, fact);
}
