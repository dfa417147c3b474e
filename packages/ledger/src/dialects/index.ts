// The list of dialects in the order in which they are asked: the first that recognises a record
// reads it. A new dialect is one file and one line here. The other files of this folder are parts of one
// (ai-sdk-metadata, litellm-raw), and the metrics of all (metrics).

import type { Dialect, FactDraft, RecordView } from '../dialect.ts';
import { agentFramework } from './agent-framework.ts';
import { aiSdk7 } from './ai-sdk-7.ts';
import { aiSdk } from './ai-sdk.ts';
import { anthropicNative } from './anthropic-native.ts';
import { autogen } from './autogen.ts';
import { awsBedrock } from './aws-bedrock.ts';
import { braintrust } from './braintrust.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { copilot } from './copilot.ts';
import { crewai } from './crewai.ts';
import { datadog } from './datadog.ts';
import { flue } from './flue.ts';
import { geminiCli } from './gemini-cli.ts';
import { generic } from './generic.ts';
import { genkit } from './genkit.ts';
import { googleAdk } from './google-adk.ts';
import { googleGenAi } from './google-genai.ts';
import { haystack } from './haystack.ts';
import { laminar } from './laminar.ts';
import { langfuse } from './langfuse.ts';
import { langsmith } from './langsmith.ts';
import { litellm } from './litellm.ts';
import { liveKit } from './livekit.ts';
import { llamaIndex } from './llama-index.ts';
import { logfire } from './logfire.ts';
import { loongSuite } from './loongsuite.ts';
import { mastra } from './mastra.ts';
import { mlflow } from './mlflow.ts';
import { openInference } from './openinference.ts';
import { openlit } from './openlit.ts';
import { openRouter } from './openrouter.ts';
import { otelGenAi } from './otel-genai.ts';
import { plumbing, UNCLAIMED } from './plumbing.ts';
import { pydanticAi } from './pydantic-ai.ts';
import { semanticKernel } from './semantic-kernel.ts';
import { sentry } from './sentry.ts';
import { springAi } from './spring-ai.ts';
import { strands } from './strands.ts';
import { traceloop } from './traceloop.ts';
import { vllm } from './vllm.ts';
import { voltAgent } from './voltagent.ts';

/**
 * Where two recognise one record the first reads it; the test of recognition names each such pair and
 * why. Everywhere else the order says nothing.
 */
export const DIALECTS: readonly Dialect[] = [
  // Programs, by names and scopes that nobody else has.
  claudeCode,
  litellm,
  codex,
  geminiCli,
  copilot,
  // Markers that processors put on other emitters' spans: before the scopes of those.
  langfuse,
  openInference,
  // Frameworks, observers, clients and servers, by scopes or attributes of their own.
  aiSdk,
  aiSdk7,
  mastra,
  voltAgent,
  genkit,
  liveKit,
  flue,
  springAi,
  loongSuite,
  openRouter,
  braintrust,
  pydanticAi,
  logfire,
  googleAdk,
  anthropicNative,
  awsBedrock,
  googleGenAi,
  langsmith,
  mlflow,
  laminar,
  openlit,
  strands,
  agentFramework,
  semanticKernel,
  autogen,
  llamaIndex,
  haystack,
  vllm,
  datadog,
  sentry,
  // Scopes that several share: what writes the more particular names comes first.
  crewai,
  traceloop,
  otelGenAi,
  // Of last resort.
  generic,
  plumbing,
];

/** Every word that a fact's dialect can be. */
export const DIALECT_NAMES: readonly string[] = [
  ...new Set(DIALECTS.map(({ name }) => name)),
  UNCLAIMED,
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
