// The list of dialects in the order in which they are asked: the first that recognises a record
// reads it. A new dialect is one file and one line here.

import type { Dialect, FactDraft, RecordView } from '../dialect.ts';
import { aiSdk } from './ai-sdk.ts';
import { aiSdk7 } from './ai-sdk-7.ts';
import { anthropicNative } from './anthropic-native.ts';
import { awsBedrock } from './aws-bedrock.ts';
import { claudeCode } from './claude-code.ts';
import { generic } from './generic.ts';
import { googleAdk } from './google-adk.ts';
import { googleGenAi } from './google-genai.ts';
import { langfuse } from './langfuse.ts';
import { logfire } from './logfire.ts';
import { openInference } from './openinference.ts';
import { otelGenAi } from './otel-genai.ts';
import { plumbing } from './plumbing.ts';
import { pydanticAi } from './pydantic-ai.ts';
import { traceloop } from './traceloop.ts';

/** Marker attributes that processors put on other emitters' spans come before scopes. */
export const DIALECTS: readonly Dialect[] = [
  claudeCode,
  langfuse,
  openInference,
  aiSdk,
  aiSdk7,
  pydanticAi,
  logfire,
  googleAdk,
  anthropicNative,
  awsBedrock,
  googleGenAi,
  traceloop,
  otelGenAi,
  generic,
  plumbing,
];

/** Reads what a record says into the draft; false when no dialect claims it. */
export function readFact(record: RecordView, fact: FactDraft): boolean {
  const readers = (record.shape.readers ??= DIALECTS.filter(
    (dialect) => asksEach(dialect, record) || dialect.recognises(record),
  ));
  for (let i = 0; i < readers.length; i++) {
    const dialect = readers[i]!;
    if (asksEach(dialect, record) && !dialect.recognises(record)) continue;
    fact.dialect = dialect.name;
    return dialect.read(record, fact);
  }
  return false;
}

/** Whether the shape of a record is not enough for this dialect to know it. */
function asksEach(dialect: Dialect, record: RecordView): boolean {
  return dialect.recognises_by === 'values' || record.signal === 'log';
}
