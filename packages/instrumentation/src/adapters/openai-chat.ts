// Chat completions: what is asked, what is answered whole, what is answered in chunks.

import type { Attributes } from '@opentelemetry/api';
import { capturesContent, contentMessage, putContent } from '../content.ts';
import { count, fields, list, put, putScalars, putTools, text } from '../request.ts';
import type { ScalarNames } from '../request.ts';
import * as names from '../semantic-conventions.ts';
import type { StreamReader } from '../stream-watch.ts';

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
  const attributes: Attributes = { [names.OPENAI_API_TYPE]: 'chat_completions' };
  putScalars(attributes, asked, SCALARS);
  if (typeof asked['n'] === 'number' && asked['n'] !== 1) {
    attributes[names.REQUEST_CHOICE_COUNT] = asked['n'];
  }
  if (asked['stream'] === true) attributes[names.REQUEST_STREAM] = true;
  if (asked['stop'] !== undefined) putStops(attributes, asked['stop']);
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
  putContent(attributes, names.OUTPUT_MESSAGES, () =>
    list(answer['choices']).map((choice) => contentMessage(fields(choice)['message'])),
  );
  return attributes;
}

function putIdentity(attributes: Attributes, answer: Readonly<Record<string, unknown>>): void {
  put(attributes, names.RESPONSE_ID, text(answer['id']));
  put(attributes, names.RESPONSE_MODEL, text(answer['model']));
  put(attributes, names.OPENAI_RESPONSE_SERVICE_TIER, text(answer['service_tier']));
  put(attributes, names.OPENAI_RESPONSE_SYSTEM_FINGERPRINT, text(answer['system_fingerprint']));
}

const CANONICAL: Readonly<Record<string, string>> = {
  tool_calls: 'tool_call',
  function_call: 'tool_call',
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

export function chatReader(body: unknown): StreamReader {
  const wantsUsage = fields(fields(body)['stream_options'])['include_usage'] === true;
  const attributes: Attributes = {};
  const reasons: string[] = [];
  let identified = false;
  let sawUsage = false;
  let said = '';
  return {
    read(chunk) {
      const part = fields(chunk);
      if (!identified) {
        putIdentity(attributes, part);
        identified = true;
      }
      const choices = part['choices'];
      if (Array.isArray(choices)) {
        for (const choice of choices) {
          const { finish_reason: reason, index, delta } = fields(choice);
          if (capturesContent()) said += text(fields(delta)['content']) ?? '';
          if (typeof reason === 'string') reasons[typeof index === 'number' ? index : 0] = reason;
        }
      }
      if (typeof part['usage'] === 'object' && part['usage'] !== null) {
        putChatUsage(attributes, part['usage']);
        put(attributes, names.OPENAI_RESPONSE_SERVICE_TIER, text(part['service_tier']));
        sawUsage = true;
      }
    },
    attributes() {
      putFinishReasons(attributes, reasons);
      if (said !== '') {
        putContent(attributes, names.OUTPUT_MESSAGES, () => [
          contentMessage({ role: 'assistant', content: said }),
        ]);
      }
      return attributes;
    },
    complete: () => reasons.length > 0 && (sawUsage || !wantsUsage),
  };
}
