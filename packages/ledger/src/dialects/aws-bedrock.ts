// OpenTelemetry's instrumentations of the AWS SDKs. They copy what Bedrock says: input without the
// cache; InvokeModel's answers tell no cache at all.

import { attribute, type Dialect, type FactDraft, type RecordView } from '../dialect.ts';
import { DETAILS_EVENT, isClaude, readGenAi } from '../reading/gen-ai.ts';
import { addDoubt } from '../reading/outcome.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const MODEL = attribute('gen_ai.request.model');

const SCOPES = [
  'opentelemetry.instrumentation.botocore',
  'opentelemetry.instrumentation.genai.bedrock',
  '@opentelemetry/instrumentation-aws-sdk',
] as const;

export const awsBedrock: Dialect = {
  name: 'aws-bedrock',
  recognises_by: 'shape',

  recognises(record) {
    if (!SCOPES.some((scope) => record.scope.startsWith(scope))) return false;
    if (record.signal === 'log') return record.name === DETAILS_EVENT;
    return record.has(OPERATION_NAME) || record.has(MODEL);
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.provider ??= 'aws.bedrock';
    if (!record.has(OPERATION_NAME)) readInvocation(record, fact);
    fact.cache_convention = 'excluded';
    fact.reasoning_convention = 'included';
    return true;
  },
};

/** In JavaScript the call of a model by its own interface has no operation's name. */
function readInvocation(record: RecordView, fact: FactDraft): void {
  const embeds = (record.text(MODEL) ?? '').includes('embed');
  fact.kind = embeds ? 'embedding' : 'llm';
  fact.operation = embeds ? 'embeddings' : 'chat';
  if (isClaude(record) && fact.cache_read_tokens === null && fact.input_tokens !== null) {
    addDoubt(fact, 'input_may_exclude_cache');
  }
}
