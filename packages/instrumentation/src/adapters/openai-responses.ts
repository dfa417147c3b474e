// The Responses API: what is asked, what is answered whole, what is answered in events.

import type { Attributes } from '@opentelemetry/api';
import { contentMessage, contentParts, putContent } from '../calls/content.ts';
import { keepAnswer } from '../calls/judged-answers.ts';
import { Received } from '../calls/received.ts';
import { count, fields, list, put, putScalar, putScalars, text } from '../calls/request.ts';
import type { Fields, ScalarNames } from '../calls/request.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../calls/stream-watch.ts';
import { putTools } from '../calls/tool-definitions.ts';
import { putOutputType } from './openai-chat.ts';

const SCALARS: ScalarNames = new Map([
  ['max_output_tokens', names.REQUEST_MAX_TOKENS],
  ['temperature', names.REQUEST_TEMPERATURE],
  ['top_p', names.REQUEST_TOP_P],
  ['service_tier', names.OPENAI_REQUEST_SERVICE_TIER],
]);

export function responsesRequest(body: unknown): Attributes {
  const asked = fields(body);
  const attributes: Attributes = { [names.OPENAI_API_TYPE]: 'responses' };
  putScalars(attributes, asked, SCALARS);
  putScalar(attributes, names.REQUEST_REASONING_LEVEL, fields(asked['reasoning'])['effort']);
  put(attributes, names.REQUEST_PREVIOUS_RESPONSE_ID, text(asked['previous_response_id']));
  if (asked['stream'] === true) attributes[names.REQUEST_STREAM] = true;
  putOutputType(attributes, text(fields(fields(asked['text'])['format'])['type']));
  putTools(attributes, asked['tools']);
  putContent(attributes, names.TOOL_DEFINITIONS, () => asked['tools']);
  const { input, instructions } = asked;
  if (instructions !== undefined) {
    putContent(attributes, names.SYSTEM_INSTRUCTIONS, () => contentParts(instructions));
  }
  putContent(attributes, names.INPUT_MESSAGES, () =>
    typeof input === 'string'
      ? [contentMessage({ role: 'user', content: input })]
      : list(input).map((item) => contentMessage(item)),
  );
  const { conversation } = asked;
  const conversationId = text(conversation) ?? text(fields(conversation)['id']);
  put(attributes, names.CONVERSATION_ID, conversationId);
  return attributes;
}

export function responsesAnswer(value: unknown): Attributes {
  const answer = fields(value);
  const attributes: Attributes = {};
  put(attributes, names.RESPONSE_ID, text(answer['id']));
  put(attributes, names.RESPONSE_MODEL, text(answer['model']));
  put(attributes, names.RESPONSE_STATUS, text(answer['status']));
  put(attributes, names.OPENAI_RESPONSE_SERVICE_TIER, text(answer['service_tier']));
  const reason = finishReason(answer);
  if (reason !== null) attributes[names.RESPONSE_FINISH_REASONS] = [reason];
  if (answer['status'] === 'failed') {
    // Answered with 200 all the same: only the answer tells what went wrong.
    attributes[names.ERROR_TYPE] = text(fields(answer['error'])['code']) ?? 'failed';
  }
  putTokenUsage(attributes, answer['usage']);
  const received = new Received();
  list(answer['output']).forEach((item, place) => readItem(received, place, item));
  received.putCalls(attributes);
  keepAnswer(attributes, () => textOf(answer['output']));
  putContent(attributes, names.OUTPUT_MESSAGES, () =>
    list(answer['output']).map((item) => contentMessage(item, 'assistant')),
  );
  return attributes;
}

function textOf(output: unknown): string {
  return list(output)
    .flatMap((item) => list(fields(item)['content']))
    .map((part) => fields(part)['text'] ?? fields(part)['refusal'])
    .filter((said) => typeof said === 'string')
    .join('');
}

/** The types of items in which a model calls a tool, the provider's own tools included. */
const CALL_TYPE = /_call$/;

function isCall(item: unknown): boolean {
  const { type } = fields(item);
  return typeof type === 'string' && CALL_TYPE.test(type);
}

function readItem(received: Received, place: unknown, item: unknown): void {
  if (!isCall(item)) return;
  const { type, name, arguments: given, input, action } = fields(item);
  received.toolCall(place, text(name) ?? type, given ?? input ?? action);
}

/** This API has a status instead of a finish reason. */
function finishReason(answer: Fields): string | null {
  // A conversation that was made shorter is an object of its own kind.
  if (answer['object'] === 'response.compaction') return 'compaction';
  switch (answer['status']) {
    case 'completed': {
      const calls = list(answer['output']).some((item) => {
        const { type } = fields(item);
        return type === 'function_call' || type === 'custom_tool_call';
      });
      return calls ? 'tool_call' : 'stop';
    }
    case 'incomplete': {
      const reason = text(fields(answer['incomplete_details'])['reason']);
      return reason === 'max_output_tokens' ? 'length' : reason;
    }
    case 'failed':
      return 'error';
    default:
      return null;
  }
}

/** The words of usage in all of OpenAI's interfaces but chat. */
export function putTokenUsage(attributes: Attributes, usage: unknown): void {
  const used = fields(usage);
  const input = fields(used['input_tokens_details'] ?? used['input_token_details']);
  const output = fields(used['output_tokens_details'] ?? used['output_token_details']);
  put(attributes, names.USAGE_INPUT_TOKENS, count(used['input_tokens']));
  put(attributes, names.USAGE_OUTPUT_TOKENS, count(used['output_tokens']));
  put(attributes, names.USAGE_CACHE_READ_INPUT_TOKENS, count(input['cached_tokens']));
  put(attributes, names.USAGE_CACHE_WRITE_INPUT_TOKENS, count(input['cache_write_tokens']));
  put(attributes, names.USAGE_REASONING_OUTPUT_TOKENS, count(output['reasoning_tokens']));
  put(attributes, names.USAGE_TEXT_INPUT_TOKENS, count(input['text_tokens']));
  put(attributes, names.USAGE_AUDIO_INPUT_TOKENS, count(input['audio_tokens']));
  put(attributes, names.USAGE_IMAGE_INPUT_TOKENS, count(input['image_tokens']));
  put(attributes, names.USAGE_TEXT_OUTPUT_TOKENS, count(output['text_tokens']));
  put(attributes, names.USAGE_AUDIO_OUTPUT_TOKENS, count(output['audio_tokens']));
  put(attributes, names.USAGE_IMAGE_OUTPUT_TOKENS, count(output['image_tokens']));
  const cached = fields(input['cached_tokens_details']);
  put(attributes, names.USAGE_AUDIO_CACHE_READ_INPUT_TOKENS, count(cached['audio_tokens']));
}

const LAST_EVENTS = new Set(['response.completed', 'response.incomplete', 'response.failed']);

export function responsesReader(): StreamReader {
  let attributes: Attributes = {};
  let last = false;
  let identified = false;
  const received = new Received();
  return {
    read(event) {
      const { type, response, item, output_index: place, delta } = fields(event);
      if (typeof type !== 'string') return;
      if (LAST_EVENTS.has(type)) {
        attributes = responsesAnswer(response);
        last = true;
      } else if (response !== undefined) {
        // The first events carry the response as it begins: an id and a model, and no usage yet.
        if (!identified) attributes = responsesAnswer(response);
        identified = true;
      } else if (item !== undefined) {
        // Its arguments come in parts, and once more whole at its end.
        if (type.endsWith('.added')) readItem(received, place, { ...fields(item), arguments: '' });
      } else if (typeof delta === 'string') {
        if (/arguments|_call_input/.test(type)) received.toolCall(place, undefined, delta);
        else if (type !== 'response.audio.delta') received.text(delta);
      }
    },
    attributes() {
      if (!last) received.putStreamed(attributes);
      return attributes;
    },
    complete: () => last,
  };
}
