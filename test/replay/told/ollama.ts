// How Ollama tells what a call used: counts of evaluated tokens in the last line.

import { fields } from '../exchange.ts';
import { canonical, eventsOf, jsonOf, list, NOTHING_TOLD, text, told, tokens } from './told.ts';
import type { Told } from './told.ts';

export function ollamaTold(body: Buffer, streamed: boolean): Told {
  const lines = streamed ? eventsOf(body) : [fields(jsonOf(body))];
  const last = lines.at(-1) ?? {};
  const calls = lines.flatMap((line) => list(fields(line['message'])['tool_calls']));
  const reason = text(last['done_reason']);
  return {
    ...NOTHING_TOLD,
    tokens: told({
      input_uncached: tokens(last['prompt_eval_count']),
      output: tokens(last['eval_count']),
    }),
    model: text(last['model']),
    finish_reasons: reason === '' ? [] : [canonical(reason)],
    tool_calls: calls.map((call) => text(fields(fields(call)['function'])['name'])),
  };
}
