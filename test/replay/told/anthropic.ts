// How Anthropic's messages tell what a call used: the input without the cache, the cache beside it.

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

export function messagesTold(body: Buffer, streamed: boolean): Told {
  return streamed ? streamTold(eventsOf(body)) : messageTold(fields(jsonOf(body)));
}

/** A message; where it comes in events, what they add up to. */
export function messageTold(message: Fields): Told {
  const usage = fields(message['usage']);
  const reason = text(message['stop_reason']);
  const content = list(message['content']).map(fields);
  return {
    ...NOTHING_TOLD,
    tokens: messageTokens(usage),
    model: text(message['model']),
    finish_reasons: reason === '' ? [] : [canonical(reason)],
    tool_calls: content.filter(({ type }) => type === 'tool_use').map(({ name }) => text(name)),
    hosted_calls: content
      .filter(({ type }) => /^(server|mcp)_tool_use$/.test(text(type)))
      .map(({ name }) => text(name)),
    within: withinOf(message, usage),
  };
}

/** The opening tells the input, the last delta the totals; null in a delta replaces nothing. */
export function streamTold(events: readonly Fields[]): Told {
  const message: Record<string, unknown> = {};
  const usage: Record<string, unknown> = {};
  const content: unknown[] = [];
  let failed = false;
  for (const event of events) {
    failed ||= isError(event);
    const opened = fields(event['message']);
    const said = event['type'] === 'message_start' ? opened['usage'] : event['usage'];
    for (const [name, value] of Object.entries(fields(said))) {
      if (value !== null) usage[name] = value;
    }
    if (event['type'] === 'message_start') message['model'] = opened['model'];
    if (event['type'] === 'content_block_start') content.push(event['content_block']);
    const reason = fields(event['delta'])['stop_reason'];
    if (typeof reason === 'string') message['stop_reason'] = reason;
  }
  // Before the last delta the output is a placeholder.
  if (message['stop_reason'] === undefined) delete usage['output_tokens'];
  return { ...messageTold({ ...message, usage, content }), failed };
}

function messageTokens(usage: Fields): ToldTokens | null {
  const written = tokens(usage['cache_creation_input_tokens']);
  const lifetimes = fields(usage['cache_creation']);
  const hour = tokens(lifetimes['ephemeral_1h_input_tokens']);
  const output = tokens(usage['output_tokens']);
  const reasoning = tokens(fields(usage['output_tokens_details'])['thinking_tokens']);
  return told({
    input_uncached: tokens(usage['input_tokens']),
    cache_read: tokens(usage['cache_read_input_tokens']),
    cache_write_5m: rest(written, hour),
    cache_write_1h: hour,
    output: rest(output, reasoning),
    reasoning,
  });
}

/** Work of a model inside a message has figures of its own, which its totals leave out. */
function withinOf(message: Fields, usage: Fields): Told['within'] {
  return list(usage['iterations'])
    .map(fields)
    .filter(({ type }) => type === 'advisor_message' || type === 'compaction')
    .map((one) => ({
      model: text(one['model'] ?? message['model']),
      tokens: messageTokens(one),
    }));
}
