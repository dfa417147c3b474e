// LiteLLM's raw request: the provider's own answer, one attribute for each of its members, objects
// as Python's repr. The middle of each name is the provider.

import { aliases, attribute, type FactDraft, type RecordView } from '../dialect.ts';
import { fillProvider } from '../reading/identity.ts';
import { addDoubt, addMark, fillOutcome } from '../reading/outcome.ts';
import { dataOf } from '../reading/python-repr.ts';
import { fillFromUsageObject, isObject } from '../reading/usage-object.ts';
import { finishReasonOf } from '../reading/vocabulary.ts';

/** `None` where it does not know the provider itself. */
const PROVIDERS = [
  'openai', 'anthropic', 'None', 'azure', 'azure_ai', 'bedrock', 'bedrock_converse', 'vertex_ai',
  'vertex_ai_beta', 'gemini', 'mistral', 'codestral', 'cohere', 'cohere_chat', 'groq', 'deepseek',
  'xai', 'together_ai', 'fireworks_ai', 'openrouter', 'perplexity', 'databricks', 'sagemaker',
  'sagemaker_chat', 'nvidia_nim', 'cerebras', 'replicate', 'huggingface', 'watsonx', 'hosted_vllm',
  'vllm', 'ollama', 'ollama_chat', 'lm_studio', 'openai_like', 'custom_openai', 'litellm_proxy',
  'text-completion-openai', 'sambanova', 'deepinfra', 'cloudflare', 'volcengine', 'dashscope',
  'moonshot', 'github', 'github_copilot', 'voyage', 'jina_ai', 'novita', 'hyperbolic', 'snowflake',
  'friendliai', 'ai21', 'ai21_chat', 'anyscale', 'predibase', 'nebius', 'llamafile', 'xinference',
] as const; // prettier-ignore

const member = (...names: readonly string[]): ReturnType<typeof aliases> =>
  aliases(...PROVIDERS.flatMap((provider) => names.map((name) => `llm.${provider}.${name}`)));

const ID = member('id', 'responseId', 'response_id');
const USAGE = member('usage', 'usageMetadata', 'usage_metadata');
const MODEL = member('model', 'modelVersion');
const STOP_REASON = member('stop_reason', 'stopReason');
const INPUT = member('input');
const MESSAGES = member('messages', 'contents');
const OUTPUT = member('choices', 'content', 'output', 'candidates', 'data');
const BY_NAME: ReadonlyMap<number, string> = new Map(
  PROVIDERS.flatMap((provider) =>
    ['id', 'usage', 'model', 'responseId', 'usageMetadata', 'modelVersion'].map(
      (name) => [attribute(`llm.${provider}.${name}`), provider] as const,
    ),
  ),
);

export function readRawRequest(record: RecordView, fact: FactDraft): void {
  fillOutcome(record, fact);
  const id = record.first(ID);
  const usage = record.first(USAGE);
  const model = record.first(MODEL);
  const found = id ?? usage ?? model;
  if (found === null) {
    // Streams and turned-off logging leave nothing here: the span above tells of the call.
    fact.kind = 'other';
    return;
  }
  const bare = id === null && record.first(MESSAGES) === null && record.first(INPUT) !== null;
  fact.kind = bare ? 'embedding' : 'llm';
  fact.operation = bare ? 'embeddings' : 'chat';
  const provider = BY_NAME.get(found) ?? 'None';
  if (provider !== 'None') fillProvider(fact, provider);
  fact.response_id = id;
  fact.response_model = model;
  fact.request_model = model;
  const reason = record.first(STOP_REASON);
  const word = reason === null ? '' : finishReasonOf(record.text(reason) ?? '');
  if (word !== '') fact.finish_reasons = [word];
  if (usage !== null) readUsage(dataOf(record, usage), fact);
  if (id !== null || record.first(OUTPUT) !== null) addMark(fact, 'answered');
  addMark(fact, 'not_current');
  addMark(fact, 'written_after');
}

function readUsage(usage: unknown, fact: FactDraft): void {
  if (!isObject(usage)) return addDoubt(fact, 'truncated_usage');
  fillFromUsageObject(fact, usage);
  return undefined;
}
