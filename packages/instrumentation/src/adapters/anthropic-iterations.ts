// What Anthropic's messages tell of models at work within one answer: an advisor, the compaction of
// the context. Their tokens are billed beside those of the message, whose totals leave them out.

import type { Attributes } from '@opentelemetry/api';
import type { InnerCall } from '../calls/inner-calls.ts';
import { count, fields, list, text, type Fields } from '../calls/request.ts';

/** Turns of the message itself, which its totals sum up. */
const OWN_TURNS = new Set(['message', 'fallback_message']);

/**
 * `usageOf` reads one entry as it reads the message's own usage. Where the message's turns do not add
 * up to its totals, nobody can say what else the totals hold: then the calls have no usage.
 */
export function innerCallsOf(
  usage: Fields,
  model: string | null,
  usageOf: (entry: Fields) => Attributes,
): InnerCall[] {
  const entries = list(usage['iterations']).map(fields);
  const beside = entries.filter(({ type }) => typeof type === 'string' && !OWN_TURNS.has(type));
  if (beside.length === 0) return [];
  const turns = entries.filter(({ type }) => typeof type === 'string' && OWN_TURNS.has(type));
  const apart = addsUp(turns, usage);
  return beside.map((entry) => ({
    kind: String(entry['type']),
    model: text(entry['model']) ?? model,
    usage: apart ? usageOf(entry) : {},
  }));
}

function addsUp(turns: readonly Fields[], usage: Fields): boolean {
  return ['input_tokens', 'output_tokens'].every(
    (name) => turns.reduce((sum, turn) => sum + (count(turn[name]) ?? 0), 0) === count(usage[name]),
  );
}
