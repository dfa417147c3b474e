// Chat completions: what is asked, what is answered whole, what is answered in chunks.

import type { Attributes } from '@opentelemetry/api';
import { capturesContent, contentMessage, putContent, putStreamedText } from '../calls/content.ts';
import { judgesAnswers, keepAnswer } from '../calls/judged-answers.ts';
import { Received } from '../calls/received.ts';
import { count, fields, list, put, putScalars, text } from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import { wantsStreamUsage } from '../calls/stream-usage.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTools } from '../calls/tool-definitions.ts';

const SCALARS: ScalarNames = new Map([
  ['max_tokens', names.REQUEST_MAX_TOKENS],
  ['max_completion_tokens', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['top_p', names.REQUEST_TOP_P],
  ['frequency_penalty', names.REQUEST_FREQUENCY_PENALTY],
  ['presence_penalty', names.REQUEST_PRESENCE_PENALTY],
  ['seed', names.REQUEST_SEED],
  ['reasoning_effort', names.REQUEST_REASONING_LEVEL],
  ['service_tier', names.OPENAI_REQUEST_SERVICE_TIER],
]);

export function chatRequest(body: unknown): Attributes {
  const asked = fields(body);
  const attributes = completionRequest(body);
  attributes[names.OPENAI_API_TYPE] = 'chat_completions';
  if (asked['response_format'] !== undefined) {
    putOutputType(attributes, text(fields(asked['response_format'])['type']));
  }
  putTools(attributes, asked['tools']);
  putContent(attributes, names.TOOL_DEFINITIONS, () => asked['tools']);
  putContent(attributes, names.INPUT_MESSAGES, () =>
    list(asked['messages']).map((message) => contentMessage(message)),
  );
  return attributes;
}

/** What chat shares with the completions that came before it. */
export function completionRequest(body: unknown): Attributes {
  const asked = fields(body);
  const attributes: Attributes = {};
  putScalars(attributes, asked, SCALARS);
  if (typeof asked['n'] === 'number' && asked['n'] !== 1) {
    attributes[names.REQUEST_CHOICE_COUNT] = asked['n'];
  }
  if (asked['stream'] === true) attributes[names.REQUEST_STREAM] = true;
  if (asked['stop'] !== undefined) putStops(attributes, asked['stop']);
  return attributes;
}

function putStops(attributes: Attributes, stop: unknown): void {
  const stops = (typeof stop === 'string' ? [stop] : list(stop)).filter(
    (each): each is string => typeof each === 'string',
  );
  if (stops.length > 0) attributes[names.REQUEST_STOP_SEQUENCES] = stops.slice(0, 16);
}

export function putOutputType(attributes: Attributes, format: string | null): void {
  if (format === 'json_schema' || format === 'json_object') attributes[names.OUTPUT_TYPE] = 'json';
  else if (format === 'text') attributes[names.OUTPUT_TYPE] = 'text';
}

export function chatAnswer(value: unknown): Attributes {
  const answer = fields(value);
  const attributes: Attributes = {};
  putIdentity(attributes, answer);
  const reasons = list(answer['choices']).map((choice) => fields(choice)['finish_reason']);
  putFinishReasons(attributes, reasons);
  putChatUsage(attributes, answer['usage']);
  const received = new Received();
  for (const choice of list(answer['choices'])) {
    const { index, message } = fields(choice);
    readCalls(received, index, message);
  }
  received.putCalls(attributes);
  keepAnswer(attributes, () => {
    const { content, refusal } = fields(fields(list(answer['choices'])[0])['message']);
    return content ?? refusal ?? '';
  });
  putContent(attributes, names.OUTPUT_MESSAGES, () =>
    list(answer['choices']).map((choice) => contentMessage(fields(choice)['message'])),
  );
  return attributes;
}

/** Of a whole message or of a part of one: a call is told apart by its choice and its place. */
function readCalls(received: Received, choice: unknown, message: unknown): void {
  const { tool_calls: calls, function_call: old } = fields(message);
  list(calls).forEach((call, place) => {
    const { index, function: called, custom } = fields(call);
    const { name, arguments: given, input } = fields(called ?? custom);
    received.toolCall(`${String(choice)}.${String(index ?? place)}`, name, given ?? input);
  });
  if (old !== undefined && old !== null) {
    received.toolCall(`${String(choice)}.old`, fields(old)['name'], fields(old)['arguments']);
  }
}

function putIdentity(attributes: Attributes, answer: Fields): void {
  put(attributes, names.RESPONSE_ID, text(answer['id']));
  put(attributes, names.RESPONSE_MODEL, text(answer['model']));
  put(attributes, names.OPENAI_RESPONSE_SERVICE_TIER, text(answer['service_tier']));
  put(attributes, names.OPENAI_RESPONSE_SYSTEM_FINGERPRINT, text(answer['system_fingerprint']));
}

const CANONICAL: Readonly<Record<string, string>> = {
  tool_calls: 'tool_call',
  function_call: 'tool_call',
  // What models served by Together say at the end of their text.
  eos: 'stop',
};

function putFinishReasons(attributes: Attributes, reasons: readonly unknown[]): void {
  const known = reasons
    .filter((reason): reason is string => typeof reason === 'string')
    .map((reason) => CANONICAL[reason] ?? reason);
  if (known.length > 0) attributes[names.RESPONSE_FINISH_REASONS] = known;
}

/** The input figure holds the cached tokens, the output figure the reasoning tokens. */
function putChatUsage(attributes: Attributes, usage: unknown): void {
  const used = fields(usage);
  const input = fields(used['prompt_tokens_details']);
  const output = fields(used['completion_tokens_details']);
  put(attributes, names.USAGE_INPUT_TOKENS, count(used['prompt_tokens']));
  put(attributes, names.USAGE_OUTPUT_TOKENS, count(used['completion_tokens']));
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, count(input['cached_tokens']));
  put(attributes, names.USAGE_CACHE_WRITE_INPUT_TOKENS, count(input['cache_write_tokens']));
  put(attributes, names.USAGE_AUDIO_INPUT_TOKENS, count(input['audio_tokens']));
  put(attributes, names.USAGE_IMAGE_INPUT_TOKENS, count(input['image_tokens']));
  put(attributes, names.USAGE_REASONING_OUTPUT_TOKENS, count(output['reasoning_tokens']));
  put(attributes, names.USAGE_AUDIO_OUTPUT_TOKENS, count(output['audio_tokens']));
}

/** Bodies that ask for usage because we do. */
const extended = new WeakSet<object>();

/** The body of a stream with `include_usage`, when that is wanted and the program is silent on it. */
export function askUsage(body: unknown): Fields | null {
  if (!wantsStreamUsage()) return null;
  const asked = fields(body);
  const options = fields(asked['stream_options']);
  if (asked['stream'] !== true || options['include_usage'] !== undefined) return null;
  const changed = { ...asked, stream_options: { ...options, include_usage: true } };
  extended.add(changed);
  return changed;
}

export function chatReader(body: unknown): StreamReader {
  return extended.has(fields(body)) ? new ExtendedReader(body) : new ChatReader(body);
}

class ChatReader implements StreamReader {
  readonly #wantsUsage: boolean;
  readonly #attributes: Attributes = {};
  readonly #reasons: string[] = [];
  readonly #received = new Received();
  #identified = false;
  #sawUsage = false;
  #said = '';

  constructor(body: unknown) {
    this.#wantsUsage = fields(fields(body)['stream_options'])['include_usage'] === true;
  }

  read(chunk: unknown): void {
    const part = fields(chunk);
    if (!this.#identified) {
      putIdentity(this.#attributes, part);
      this.#identified = true;
    }
    const { choices } = part;
    if (Array.isArray(choices)) for (const choice of choices) this.#readChoice(fields(choice));
    // Groq has a field of its own for what belongs to the whole stream.
    const usage = part['usage'] ?? fields(part['x_groq'])['usage'];
    if (typeof usage !== 'object' || usage === null) return;
    putChatUsage(this.#attributes, usage);
    put(this.#attributes, names.OPENAI_RESPONSE_SERVICE_TIER, text(part['service_tier']));
    this.#sawUsage = true;
  }

  #readChoice({ finish_reason: reason, index, delta, text: written }: Fields): void {
    const { content, refusal, tool_calls: calls, function_call: old } = fields(delta);
    const said = content ?? written;
    this.#received.text(said);
    if (refusal !== undefined) this.#received.text(refusal);
    const { reasoning_content: thought, reasoning } = fields(delta);
    this.#received.text(thought ?? reasoning);
    if (calls !== undefined || old !== undefined) readCalls(this.#received, index, delta);
    if (capturesContent() || judgesAnswers()) this.#said += typeof said === 'string' ? said : '';
    if (typeof reason === 'string') this.#reasons[typeof index === 'number' ? index : 0] = reason;
  }

  attributes(): Attributes {
    const attributes = this.#attributes;
    putFinishReasons(attributes, this.#reasons);
    this.#received.putStreamed(attributes);
    keepAnswer(attributes, () => this.#said);
    putStreamedText(attributes, this.#said);
    return attributes;
  }

  complete(): boolean {
    return this.#reasons.length > 0 && (this.#sawUsage || !this.#wantsUsage);
  }
}

/** Reads a stream that tells usage because we asked: the program sees what it would have seen. */
class ExtendedReader extends ChatReader {
  override read(chunk: unknown): void {
    super.read(chunk);
    const part = chunk as { usage?: unknown };
    if (part.usage === null) delete part.usage;
  }

  hides(chunk: unknown): boolean {
    const { choices, usage } = fields(chunk);
    return Array.isArray(choices) && choices.length === 0 && typeof usage === 'object';
  }
}
