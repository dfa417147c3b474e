// How Cohere tells what a call used: the tokens of the model, and beside them those it bills, which
// leave its own instructions out. The bill is what is counted.

import { fields } from '../exchange.ts';
import { canonical, eventsOf, jsonOf, list, NOTHING_TOLD, text, told, tokens } from './told.ts';
import type { Told, ToldTokens } from './told.ts';

type Fields = Readonly<Record<string, unknown>>;

export function cohereTold(body: Buffer, streamed: boolean): Told {
  if (!streamed) return answerTold(fields(jsonOf(body)));
  const events = eventsOf(body);
  // The last event holds the end: version 2 in a delta, version 1 the whole response.
  const end = events.findLast(
    ({ type, event_type }) => type === 'message-end' || event_type === 'stream-end',
  );
  const starts = events.filter(({ type }) => type === 'tool-call-start');
  const answer = answerTold(fields(end?.['delta'] ?? end?.['response'] ?? end));
  const reason = text(end?.['finish_reason']);
  return {
    ...answer,
    finish_reasons:
      answer.finish_reasons.length > 0 || reason === ''
        ? answer.finish_reasons
        : [canonical(reason)],
    tool_calls: [
      ...answer.tool_calls,
      ...starts.map((event) => nameOf(fields(fields(event['delta'])['message'])['tool_calls'])),
    ],
  };
}

function answerTold(answer: Fields): Told {
  const usage = fields(answer['usage'] ?? answer['meta']);
  const reason = text(
    answer['finish_reason'] ?? fields(list(answer['generations'])[0])['finish_reason'],
  );
  const calls = list(fields(answer['message'])['tool_calls']);
  return {
    ...NOTHING_TOLD,
    tokens: cohereTokens(usage),
    finish_reasons: reason === '' ? [] : [canonical(reason)],
    tool_calls: calls.map(nameOf),
  };
}

const nameOf = (call: unknown): string => text(fields(fields(call)['function'])['name']);

function cohereTokens(usage: Fields): ToldTokens | null {
  const billed = fields(usage['billed_units']);
  return told({
    input_uncached: tokens(billed['input_tokens']),
    image_in: tokens(billed['image_tokens']),
    output: tokens(billed['output_tokens']),
  });
}
