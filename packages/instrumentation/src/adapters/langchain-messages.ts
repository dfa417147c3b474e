// What LangChain knows of a model call: its own words for provider, model, usage and messages.

import type { Attributes } from '@opentelemetry/api';
import type { Failure } from '../calls/call.ts';
import { contentParts, putContent } from '../calls/content.ts';
import { count, fields, list, put, putScalar, text, type Fields } from '../calls/request.ts';
import { errorType } from '../agents/run.ts';
import { isCancelled } from '../calls/sdk-calls.ts';
import * as names from '../semantic-conventions.ts';
import { putTools } from '../calls/tool-definitions.ts';

/** The conventions' words, where they differ from LangChain's. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['azure', 'azure.ai.openai'],
  ['google_genai', 'gcp.gemini'],
  ['google-genai', 'gcp.gemini'],
  ['google_vertexai', 'gcp.vertex_ai'],
  ['google-vertexai', 'gcp.vertex_ai'],
  ['amazon_bedrock', 'aws.bedrock'],
  ['bedrock', 'aws.bedrock'],
  ['mistral', 'mistral_ai'],
  ['mistralai', 'mistral_ai'],
  ['xai', 'x_ai'],
  ['moonshot', 'moonshot_ai'],
]);

const FINISH_REASONS: ReadonlyMap<string, string> = new Map([
  ['tool_calls', 'tool_call'],
  ['function_call', 'tool_call'],
  ['tool_use', 'tool_call'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['STOP', 'stop'],
  ['max_tokens', 'length'],
  ['MAX_TOKENS', 'length'],
]);

export interface Asked {
  model: string | null;
  attributes: Attributes;
}

/** `params` is what the model says of itself for a call with these options. */
export function modelRequest(model: unknown, params: unknown, options: unknown): Asked {
  const said = fields(params);
  const own = fields(model);
  const attributes: Attributes = {};
  put(attributes, names.PROVIDER_NAME, providerOf(said['ls_provider']));
  putScalar(attributes, names.REQUEST_TEMPERATURE, said['ls_temperature']);
  putScalar(attributes, names.REQUEST_MAX_TOKENS, said['ls_max_tokens']);
  putTools(attributes, fields(options)['tools']);
  const name = text(said['ls_model_name']) ?? text(own['model']) ?? text(own['modelName']);
  return { model: name, attributes };
}

/** A class that names no provider calls itself one; such a name has capitals, a provider's has none. */
function providerOf(said: unknown): string | null {
  const word = text(said);
  if (word === null || word !== word.toLowerCase()) return null;
  return PROVIDERS.get(word) ?? word;
}

/** Adds up what the pieces of one answer say, as LangChain does when it joins them. */
export class Answer {
  readonly #usage = new Map<string, number>();
  readonly #attributes: Attributes = {};

  /** `message` is an answer or a piece of one; `told` what was said beside it. */
  read(message: unknown, told: unknown = undefined): void {
    const said = fields(message);
    const usage = fields(said['usage_metadata']);
    this.#add(names.USAGE_INPUT_TOKENS, usage['input_tokens']);
    this.#add(names.USAGE_OUTPUT_TOKENS, usage['output_tokens']);
    const input = fields(usage['input_token_details']);
    this.#add(names.USAGE_CACHE_READ_INPUT_TOKENS, input['cache_read']);
    this.#add(names.USAGE_CACHE_WRITE_INPUT_TOKENS, input['cache_creation']);
    this.#add(names.USAGE_AUDIO_INPUT_TOKENS, input['audio']);
    const output = fields(usage['output_token_details']);
    this.#add(names.USAGE_REASONING_OUTPUT_TOKENS, output['reasoning']);
    this.#add(names.USAGE_AUDIO_OUTPUT_TOKENS, output['audio']);
    this.#readMetadata(said);
    this.#readBeside(fields(told));
  }

  attributes(): Attributes {
    return { ...this.#attributes, ...Object.fromEntries(this.#usage) };
  }

  #add(name: string, value: unknown): void {
    const tokens = count(value);
    if (tokens !== null) this.#usage.set(name, (this.#usage.get(name) ?? 0) + tokens);
  }

  #readMetadata(said: Fields): void {
    const metadata = fields(said['response_metadata']);
    const id = text(metadata['id']) ?? text(said['id']);
    // What LangChain makes up where the provider gave none.
    if (id !== null && !/^(?:run|lc)[-_]/.test(id)) this.#attributes[names.RESPONSE_ID] = id;
    const model = text(metadata['model_name']) ?? text(metadata['model']);
    put(this.#attributes, names.RESPONSE_MODEL, model);
    const reason =
      text(metadata['finish_reason']) ??
      text(metadata['stop_reason']) ??
      text(metadata['finishReason']) ??
      text(metadata['done_reason']);
    if (reason === null) return;
    this.#attributes[names.RESPONSE_FINISH_REASONS] = [FINISH_REASONS.get(reason) ?? reason];
  }

  /** Models of plain text, and older ones, have their usage here only. */
  #readBeside(told: Fields): void {
    if (this.#usage.size > 0) return;
    const usage = fields(told['tokenUsage']);
    this.#add(names.USAGE_INPUT_TOKENS, usage['promptTokens']);
    this.#add(names.USAGE_OUTPUT_TOKENS, usage['completionTokens']);
  }
}

const ROLES: ReadonlyMap<string, string> = new Map([
  ['human', 'user'],
  ['ai', 'assistant'],
]);

function contentOf(message: unknown): Fields {
  const said = fields(message);
  const typeOf = said['getType'] ?? said['_getType'];
  const type = typeof typeOf === 'function' ? String(typeOf.call(message)) : text(said['role']);
  const parts = contentParts(said['content']);
  if (type === 'tool') {
    const part = {
      type: 'tool_call_response',
      id: said['tool_call_id'],
      response: said['content'],
    };
    return { role: 'tool', parts: [part] };
  }
  const calls = list(said['tool_calls']).map((call) => {
    const { id, name, args } = fields(call);
    return { type: 'tool_call', id, name, arguments: args };
  });
  return { role: ROLES.get(type ?? '') ?? type, parts: [...parts, ...calls] };
}

export function putMessages(attributes: Attributes, name: string, messages: unknown): void {
  putContent(attributes, name, () => list(messages).map(contentOf));
}

export function langChainFailure(error: unknown): Failure {
  const { status, name, lc_error_code: code } = fields(error);
  return {
    type: text(code) ?? errorType(error),
    status: typeof status === 'number' ? status : null,
    cancelled: isCancelled(error) || name === 'ModelAbortError',
  };
}
