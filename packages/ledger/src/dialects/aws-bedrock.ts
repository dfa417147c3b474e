// OpenTelemetry's instrumentations of the AWS SDKs. They copy what Bedrock says: input without the
// cache; InvokeModel's answers tell no cache at all.

import { attribute, type Dialect } from '../dialect.ts';
import { readGenAi } from '../reading/gen-ai.ts';

const OPERATION_NAME = attribute('gen_ai.operation.name');
const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';

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
    return record.signal === 'span' ? record.has(OPERATION_NAME) : record.name === DETAILS_EVENT;
  },

  read(record, fact) {
    readGenAi(record, fact);
    fact.provider ??= 'aws.bedrock';
    fact.cache_convention = 'excluded';
    fact.reasoning_convention = 'included';
    return true;
  },
};
