// What the Vercel AI SDK 7 tells its integrations of a model call: its request, its answer, its error.

import type { Attributes } from '@opentelemetry/api';
import type { Failure } from '../calls/call.ts';
import { putContent } from '../calls/content.ts';
import { count, fields, list, put, putScalars, serverOf, text } from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import { errorType } from '../agents/run.ts';
import * as names from '../semantic-conventions.ts';
import { putTools } from '../calls/tool-definitions.ts';

/** The conventions' words, where they differ from the SDK's; the longest that fits holds. */
const PROVIDERS: readonly (readonly [prefix: string, provider: string])[] = [
  ['google.generative-ai', 'gcp.gemini'],
  ['google.vertex', 'gcp.vertex_ai'],
  ['googleVertex', 'gcp.vertex_ai'],
  ['vertex', 'gcp.vertex_ai'],
  ['google', 'gcp.gemini'],
  ['amazon-bedrock', 'aws.bedrock'],
  ['bedrock', 'aws.bedrock'],
  ['azure', 'azure.ai.openai'],
  ['mistral', 'mistral_ai'],
  ['xai', 'x_ai'],
  ['moonshotai', 'moonshot_ai'],
  ['togetherai', 'together_ai'],
];

/** Made up by the SDK where the provider gave no id. */
const OWN_ID = /^ai(?:txt|obj)-/;

/** `openai.responses` is openai; through Vercel's gateway the model names its provider first. */
export function aiSdkProvider(provider: unknown, model: unknown): string | null {
  const word = text(provider);
  if (word === null) return null;
  if (word.split('.')[0] === 'gateway') {
    const maker = text(model)?.split('/') ?? [];
    return maker.length > 1 ? aiSdkProvider(maker[0], null) : 'gateway';
  }
  const known = PROVIDERS.find(([prefix]) => word === prefix || /^[.-]/.test(word.slice(prefix.length)) && word.startsWith(prefix)); // prettier-ignore
  return known?.[1] ?? word.split('.')[0] ?? null;
}

const SCALARS: ScalarNames = new Map([
  ['maxOutputTokens', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['topP', names.REQUEST_TOP_P],
  ['topK', names.REQUEST_TOP_K],
  ['presencePenalty', names.REQUEST_PRESENCE_PENALTY],
  ['frequencyPenalty', names.REQUEST_FREQUENCY_PENALTY],
  ['seed', names.REQUEST_SEED],
  ['reasoning', names.REQUEST_REASONING_LEVEL],
]);

/** Of a start event: a language model's, or one of embedding or ranking. */
export function aiSdkRequest(event: Fields): Attributes {
  const attributes: Attributes = {};
  put(attributes, names.PROVIDER_NAME, aiSdkProvider(event['provider'], event['modelId']));
  putScalars(attributes, event, SCALARS);
  const stops = list(event['stopSequences']).filter((stop) => typeof stop === 'string');
  if (stops.length > 0) attributes[names.REQUEST_STOP_SEQUENCES] = stops.slice(0, 16);
  putTools(attributes, event['tools']);
  putContent(attributes, names.TOOL_DEFINITIONS, () => event['tools']);
  putContent(attributes, names.SYSTEM_INSTRUCTIONS, () => event['instructions']);
  putContent(attributes, names.INPUT_MESSAGES, () =>
    list(event['messages']).map((message) => {
      const { role, content } = fields(message);
      return { role, parts: contentParts(content) };
    }),
  );
  return attributes;
}

/** Of the end event of a language model's call. */
export function aiSdkAnswer(event: Fields): Attributes {
  const attributes: Attributes = {};
  put(attributes, names.RESPONSE_MODEL, text(event['modelId']));
  const id = text(event['responseId'] ?? fields(event['response'])['id']);
  if (id !== null && !OWN_ID.test(id)) attributes[names.RESPONSE_ID] = id;
  const reason = text(event['finishReason']);
  if (reason !== null) attributes[names.RESPONSE_FINISH_REASONS] = [finishReason(reason)];
  putUsage(attributes, fields(event['usage']));
  const first_ms = fields(event['performance'])['timeToFirstOutputMs'];
  if (typeof first_ms === 'number') attributes[names.RESPONSE_TIME_TO_FIRST_CHUNK] = first_ms / 1e3;
  const server = serverOf(fields(event['request'])['url']);
  put(attributes, names.SERVER_ADDRESS, server?.address ?? null);
  put(attributes, names.SERVER_PORT, server?.port ?? null);
  const { openai, anthropic } = fields(event['providerMetadata']);
  put(attributes, names.OPENAI_RESPONSE_SERVICE_TIER, text(fields(openai)['serviceTier']));
  const tier = fields(fields(anthropic)['usage'])['service_tier'];
  put(attributes, names.ANTHROPIC_RESPONSE_SERVICE_TIER, text(tier));
  putContent(attributes, names.OUTPUT_MESSAGES, () => [
    { role: 'assistant', parts: contentParts(event['content']) },
  ]);
  return attributes;
}

/** `tool-calls` is `tool_call`; the others differ by a dash at most. */
function finishReason(reason: string): string {
  return reason === 'tool-calls' ? 'tool_call' : reason.replace('-', '_');
}

/** Version 7 counts alike for all providers: input with its cache, output with its reasoning. */
function putUsage(attributes: Attributes, used: Fields): void {
  const input = fields(used['inputTokenDetails']);
  const output = fields(used['outputTokenDetails']);
  put(attributes, names.USAGE_INPUT_TOKENS, count(used['inputTokens']));
  put(attributes, names.USAGE_OUTPUT_TOKENS, count(used['outputTokens']));
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, count(input['cacheReadTokens']));
  put(attributes, names.USAGE_CACHE_WRITE_INPUT_TOKENS, count(input['cacheWriteTokens']));
  put(attributes, names.USAGE_REASONING_OUTPUT_TOKENS, count(output['reasoningTokens']));
  const written = fields(fields(used['raw'])['cache_creation']);
  const minutes = count(written['ephemeral_5m_input_tokens']);
  put(attributes, names.USAGE_CACHE_WRITE_5M_INPUT_TOKENS, minutes);
  const hour = count(written['ephemeral_1h_input_tokens']);
  put(attributes, names.USAGE_CACHE_WRITE_1H_INPUT_TOKENS, hour);
}

function contentParts(content: unknown): Fields[] {
  if (typeof content === 'string') return [{ type: 'text', content }];
  return list(content).map((part) => {
    const { type, text: said, toolCallId: id, toolName: name, input, output } = fields(part);
    if (type === 'text' || type === 'reasoning') return { type, content: said };
    if (type === 'tool-call') return { type: 'tool_call', id, name, arguments: input };
    if (type === 'tool-result') return { type: 'tool_call_response', id, response: output };
    // Images and files are named, not copied.
    return { type };
  });
}

/** The SDK wraps the last error when it has tried several times: that one tells more. */
export function aiSdkFailure(error: unknown): Failure {
  const { name, lastError } = fields(error);
  const last = lastError ?? error;
  const status = fields(last)['statusCode'];
  return {
    type:
      (status === undefined ? text(name) : null) ?? text(fields(last)['name']) ?? errorType(last),
    status: typeof status === 'number' ? status : null,
    cancelled: name === 'AbortError' || name === 'ResponseAborted',
  };
}
