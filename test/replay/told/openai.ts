// How OpenAI's interfaces tell what a call used, and how those who copied them differ.

import { fields } from '../exchange.ts';
import {
  canonical,
  eventsOf,
  isError,
  jsonOf,
  list,
  NOTHING_TOLD,
  rest,
  text,
  told,
  tokens,
} from './told.ts';
import type { Told, ToldTokens } from './told.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Chat and text completions, whole or in chunks. */
export function chatTold(body: Buffer, streamed: boolean): Told {
  const parts = streamed ? eventsOf(body) : [fields(jsonOf(body))];
  const reasons = new Map<unknown, string>();
  const calls = new Map<string, string>();
  const beside: string[] = [];
  let usage: ToldTokens | null = null;
  let failed = false;
  for (const part of parts) {
    // Groq has its own place for the usage of a stream.
    const said = chatTokens(fields(part['usage'] ?? fields(part['x_groq'])['usage']));
    if (isError(part)) {
      failed = true;
      if (said !== null) beside.push(HIDDEN);
      continue;
    }
    usage = said ?? usage;
    for (const choice of list(part['choices']).map(fields)) {
      const reason = text(choice['finish_reason']);
      if (reason !== '') reasons.set(choice['index'] ?? 0, canonical(reason));
      const message = fields(choice['delta'] ?? choice['message']);
      const legacy = text(fields(message['function_call'])['name']);
      if (legacy !== '') calls.set(`${String(choice['index'])}:function`, legacy);
      for (const [place, one] of list(message['tool_calls']).entries()) {
        const name = text(fields(fields(one)['function'])['name']);
        const key = `${String(choice['index'])}:${String(fields(one)['index'] ?? place)}`;
        if (name !== '') calls.set(key, name);
      }
    }
  }
  const model = parts.map((part) => text(part['model'])).find((name) => name !== '') ?? '';
  return {
    ...NOTHING_TOLD,
    tokens: usage,
    model,
    finish_reasons: [...reasons.values()],
    tool_calls: [...calls.values()],
    beside,
    failed,
  };
}

const HIDDEN = 'its usage stands in the event of an error, which the SDK throws without it';

function chatTokens(usage: Fields): ToldTokens | null {
  const input = tokens(usage['prompt_tokens']);
  const inputParts = fields(usage['prompt_tokens_details']);
  const outputParts = fields(usage['completion_tokens_details']);
  const cached = tokens(inputParts['cached_tokens']) ?? tokens(usage['prompt_cache_hit_tokens']);
  const reasoning = tokens(outputParts['reasoning_tokens']);
  const parts: Parts = {
    cache_read: cached,
    cache_write_5m: tokens(inputParts['cache_write_tokens']),
    audio_in: tokens(inputParts['audio_tokens']),
    image_in: tokens(inputParts['image_tokens']),
    reasoning,
    audio_out: tokens(outputParts['audio_tokens']),
    image_out: tokens(outputParts['image_tokens']),
  };
  const completion = tokens(usage['completion_tokens']);
  // Some copies, xAI's among them, add the reasoning to the total and not to the completion.
  const beside = completion !== undefined && isBeside(usage, input, completion, reasoning ?? 0);
  return disjoint(input, beside ? completion + (reasoning ?? 0) : completion, parts);
}

function isBeside(usage: Fields, input: number | undefined, output: number, reasoning: number) {
  return reasoning > 0 && tokens(usage['total_tokens']) === (input ?? 0) + output + reasoning;
}

type Parts = Readonly<
  Record<
    'cache_read' | 'cache_write_5m' | 'audio_in' | 'image_in' | 'reasoning' | 'audio_out' | 'image_out',
    number | undefined
  >
>; // prettier-ignore

function disjoint(
  input: number | undefined,
  output: number | undefined,
  parts: Parts,
): ToldTokens | null {
  if (input === undefined && output === undefined) return null;
  const { cache_read, cache_write_5m, audio_in, image_in } = parts;
  return told({
    ...parts,
    input_uncached: rest(input, cache_read, cache_write_5m, audio_in, image_in),
    output: rest(output, parts.reasoning, parts.audio_out, parts.image_out),
  });
}

/** Responses, whole or in events; a compaction of one is like a whole. */
export function responsesTold(body: Buffer, streamed: boolean): Told {
  const answer = streamed ? lastResponse(body) : fields(jsonOf(body));
  const output = list(answer['output']).map(fields);
  const calls = output.filter(
    ({ type }) => type === 'function_call' || type === 'custom_tool_call',
  );
  return {
    ...NOTHING_TOLD,
    tokens: responsesTokens(fields(answer['usage'])),
    model: text(answer['model']),
    finish_reasons: responsesReason(answer, calls.length > 0),
    tool_calls: calls.map(({ name }) => text(name)),
    failed: answer['status'] === 'failed',
    hosted_calls: output.map(({ type }) => text(type)).filter((type) => type.endsWith('_call')),
  };
}

/** Each event that holds the response holds all of it so far. */
function lastResponse(body: Buffer): Fields {
  const responses = eventsOf(body).map((event) => fields(event['response']));
  return responses.findLast((response) => text(response['id']) !== '') ?? {};
}

function responsesTokens(usage: Fields): ToldTokens | null {
  const input = fields(usage['input_tokens_details']);
  const output = fields(usage['output_tokens_details']);
  return disjoint(tokens(usage['input_tokens']), tokens(usage['output_tokens']), {
    cache_read: tokens(input['cached_tokens']),
    cache_write_5m: tokens(input['cache_write_tokens']),
    audio_in: tokens(input['audio_tokens']),
    image_in: tokens(input['image_tokens']),
    reasoning: tokens(output['reasoning_tokens']),
    audio_out: tokens(output['audio_tokens']),
    image_out: tokens(output['image_tokens']),
  });
}

/** This interface has a status, and beside it why an answer is incomplete. */
function responsesReason(answer: Fields, calls: boolean): readonly string[] {
  if (answer['object'] === 'response.compaction') return ['compaction'];
  switch (answer['status']) {
    case 'completed':
      return [calls ? 'tool_call' : 'stop'];
    case 'incomplete':
      return [canonical(text(fields(answer['incomplete_details'])['reason']))];
    case 'failed':
      return ['error'];
    default:
      return [];
  }
}

export function embeddingsTold(body: Buffer): Told {
  const answer = fields(jsonOf(body));
  const usage = fields(answer['usage']);
  // An embedding has no output, so a total alone is its input.
  const input = tokens(usage['prompt_tokens']) ?? tokens(usage['total_tokens']);
  return {
    ...NOTHING_TOLD,
    tokens: told({ input_uncached: input }),
    model: text(answer['model']),
  };
}

/** Images and audio; pictures and seconds that are billed without tokens are told beside. */
export function mediaTold(body: Buffer, streamed: boolean): Told {
  const parts = streamed ? eventsOf(body) : [fields(jsonOf(body))];
  const answer = parts.findLast((part) => part['usage'] !== undefined) ?? parts[0] ?? {};
  const usage = fields(answer['usage']);
  const input = fields(usage['input_tokens_details'] ?? usage['input_token_details']);
  const output = fields(usage['output_tokens_details'] ?? usage['output_token_details']);
  const isImage = answer['data'] !== undefined || text(answer['type']).startsWith('image');
  const images =
    tokens(output['image_tokens']) ?? (isImage ? tokens(usage['output_tokens']) : undefined);
  const whole = disjoint(tokens(usage['input_tokens']), tokens(usage['output_tokens']), {
    cache_read: tokens(input['cached_tokens']),
    cache_write_5m: undefined,
    audio_in: tokens(input['audio_tokens']),
    image_in: tokens(input['image_tokens']),
    reasoning: undefined,
    audio_out: tokens(output['audio_tokens']),
    image_out: images,
  });
  const seconds = usage['type'] === 'duration' ? Number(usage['seconds']) : null;
  return {
    ...NOTHING_TOLD,
    tokens: whole,
    beside: seconds === null ? [] : [`${seconds} seconds of audio, billed by time`],
  };
}
