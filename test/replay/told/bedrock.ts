// How Bedrock tells what a call used: Converse in its own words, InvokeModel in those of the maker.

import { fields } from '../exchange.ts';
import { messageTold, streamTold } from './anthropic.ts';
import { canonical, jsonOf, list, NOTHING_TOLD, rest, text, told, tokens } from './told.ts';
import type { Told, ToldTokens } from './told.ts';

type Fields = Readonly<Record<string, unknown>>;

export function converseTold(body: Buffer, streamed: boolean): Told {
  if (!streamed) {
    const answer = fields(jsonOf(body));
    const content = list(fields(fields(answer['output'])['message'])['content']).map(fields);
    const names = content.map((part) => text(fields(part['toolUse'])['name']));
    return converse(answer['usage'], answer['stopReason'], names);
  }
  const frames = framesOf(body);
  const said = (type: string): readonly Fields[] =>
    frames.filter((frame) => frame.type === type).map((frame) => frame.payload);
  const starts = said('contentBlockStart').map((one) => fields(fields(one['start'])['toolUse']));
  return converse(
    said('metadata').at(-1)?.['usage'],
    said('messageStop').at(-1)?.['stopReason'],
    starts.map(({ name }) => text(name)),
  );
}

function converse(usage: unknown, reason: unknown, names: readonly string[]): Told {
  return {
    ...NOTHING_TOLD,
    tokens: converseTokens(fields(usage)),
    finish_reasons: text(reason) === '' ? [] : [canonical(text(reason))],
    tool_calls: names.filter((name) => name !== ''),
  };
}

/** The input leaves the cache out. */
function converseTokens(usage: Fields): ToldTokens | null {
  const written = tokens(usage['cacheWriteInputTokens'] ?? usage['cacheWriteInputTokenCount']);
  const details = list(usage['cacheDetails']).map(fields);
  const hour = details.find(({ ttl }) => ttl === '1h');
  const long = hour === undefined ? undefined : tokens(hour['inputTokens']);
  return told({
    input_uncached: tokens(usage['inputTokens']),
    cache_read: tokens(usage['cacheReadInputTokens'] ?? usage['cacheReadInputTokenCount']),
    cache_write_5m: rest(written, long),
    cache_write_1h: long,
    output: tokens(usage['outputTokens']),
  });
}

export function invokeTold(body: Buffer, streamed: boolean): Told {
  if (!streamed) return wholeTold(fields(jsonOf(body)));
  const parts = framesOf(body).map(({ payload }) =>
    fields(jsonOf(Buffer.from(text(payload['bytes']), 'base64'))),
  );
  if (parts.some(({ type }) => type === 'message_start')) return streamTold(parts);
  const reason = parts.map(reasonOf).find((word) => word !== '') ?? '';
  const usage = parts.map(invokeTokens).findLast((found) => found !== null) ?? null;
  return { ...NOTHING_TOLD, tokens: usage, finish_reasons: reason === '' ? [] : [reason] };
}

function wholeTold(answer: Fields): Told {
  if (answer['type'] === 'message') return messageTold(answer);
  const reason = reasonOf(answer);
  return {
    ...NOTHING_TOLD,
    tokens: invokeTokens(answer),
    model: text(answer['model']),
    finish_reasons: reason === '' ? [] : [reason],
  };
}

/** Amazon's and Meta's words, and those who speak like OpenAI; Cohere and AI21 tell nothing. */
function invokeTokens(answer: Fields): ToldTokens | null {
  const usage = fields(answer['usage'] ?? fields(answer['metadata'])['usage']);
  if (usage['inputTokens'] !== undefined) return converseTokens(usage);
  const results = list(answer['results']).map((result) => tokens(fields(result)['tokenCount']));
  const generated =
    results.length === 0 ? undefined : results.reduce<number>((sum, n) => sum + (n ?? 0), 0);
  const metrics = fields(answer['amazon-bedrock-invocationMetrics']);
  return told({
    input_uncached:
      tokens(usage['prompt_tokens']) ??
      tokens(answer['prompt_token_count']) ??
      tokens(answer['inputTextTokenCount']) ??
      tokens(metrics['inputTokenCount']),
    output:
      tokens(usage['completion_tokens']) ??
      tokens(answer['generation_token_count']) ??
      tokens(answer['totalOutputTextTokenCount']) ??
      generated ??
      tokens(metrics['outputTokenCount']),
  });
}

function reasonOf(answer: Fields): string {
  const first = (name: string): Fields => fields(list(answer[name])[0]);
  const words = [
    answer['stopReason'], answer['stop_reason'], answer['finish_reason'], answer['completionReason'],
    fields(answer['messageStop'])['stopReason'],
    first('results')['completionReason'],
    first('outputs')['stop_reason'],
    first('generations')['finish_reason'],
    first('choices')['finish_reason'],
    fields(first('completions')['finishReason'])['reason'],
  ]; // prettier-ignore
  return canonical(words.map(text).find((word) => word !== '') ?? '');
}

interface Frame {
  readonly type: string;
  readonly payload: Fields;
}

/** Amazon's event stream: lengths, headers, payload, checksum. */
function framesOf(body: Buffer): readonly Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + 16 <= body.length;) {
    const length = body.readUInt32BE(at);
    const headersLength = body.readUInt32BE(at + 4);
    const headers = body.subarray(at + 12, at + 12 + headersLength);
    const payload = body.subarray(at + 12 + headersLength, at + length - 4);
    frames.push({ type: eventType(headers), payload: fields(jsonOf(payload)) });
    at += length;
  }
  return frames;
}

const NAME_OF_TYPE = ':event-type';
const STRING_HEADER = 7;

function eventType(headers: Buffer): string {
  for (let at = 0; at < headers.length;) {
    const nameEnd = at + 1 + headers.readUInt8(at);
    const name = headers.toString('utf8', at + 1, nameEnd);
    if (headers.readUInt8(nameEnd) !== STRING_HEADER) return '';
    const end = nameEnd + 3 + headers.readUInt16BE(nameEnd + 1);
    if (name === NAME_OF_TYPE) return headers.toString('utf8', nameEnd + 3, end);
    at = end;
  }
  return '';
}
