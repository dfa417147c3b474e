// Reads what a provider response says was used, straight from its bytes. It shares no code with the
// ledger on purpose: tests compare the two.

/** Tokens by class; null where the response does not say. */
export interface ServedUsage {
  readonly input_total: number | null;
  readonly input_uncached: number | null;
  readonly cache_read: number | null;
  readonly cache_write: number | null;
  readonly output_total: number | null;
  readonly reasoning: number | null;
}

type Json = Record<string, unknown>;

/** Undefined for a response without usage. */
export function readServedUsage(contentType: string, body: string): ServedUsage | undefined {
  const usage = contentType.includes('event-stream')
    ? usageOfEvents(eventsOf(body))
    : asObject(asObject(JSON.parse(body))?.['usage']);
  if (!usage) return undefined;
  return 'cache_read_input_tokens' in usage ? inputBesideCache(usage) : inputWithCache(usage);
}

/** The fields that stand for the whole response, wherever the answer's shape keeps its id. */
export function readResponseId(contentType: string, body: string): string | undefined {
  const first = contentType.includes('event-stream')
    ? eventsOf(body)[0]
    : asObject(JSON.parse(body));
  const id =
    first && (first['id'] ?? field(first, 'message', 'id') ?? field(first, 'response', 'id'));
  return typeof id === 'string' ? id : undefined;
}

function eventsOf(body: string): Json[] {
  const events: Json[] = [];
  for (const line of body.split(/\r?\n/)) {
    if (!line.startsWith('data:')) continue;
    const data = line.slice('data:'.length).trim();
    const event = data === '[DONE]' ? undefined : asObject(JSON.parse(data));
    if (event) events.push(event);
  }
  return events;
}

/** A stream says its usage in pieces: a later figure replaces an earlier one of the same name. */
function usageOfEvents(events: readonly Json[]): Json | undefined {
  const said = events.flatMap((event) =>
    [event['usage'], field(event, 'message', 'usage'), field(event, 'response', 'usage')]
      .map(asObject)
      .filter((usage) => usage !== undefined),
  );
  return said.length > 0 ? Object.assign({}, ...said) : undefined;
}

/** Input that leaves its cached tokens out: they stand beside it. */
function inputBesideCache(usage: Json): ServedUsage {
  const uncached = count(usage['input_tokens']);
  const read = count(usage['cache_read_input_tokens']);
  const write = count(usage['cache_creation_input_tokens']);
  return {
    input_total: uncached === null ? null : uncached + (read ?? 0) + (write ?? 0),
    input_uncached: uncached,
    cache_read: read,
    cache_write: write,
    output_total: count(usage['output_tokens']),
    reasoning: count(field(usage, 'output_tokens_details', 'thinking_tokens')),
  };
}

/** Input that holds its cached tokens. An embedding has no output at all. */
function inputWithCache(usage: Json): ServedUsage {
  const total = count(usage['prompt_tokens'] ?? usage['input_tokens']);
  const inputDetails = usage['prompt_tokens_details'] ?? usage['input_tokens_details'];
  const outputDetails = usage['completion_tokens_details'] ?? usage['output_tokens_details'];
  const read = count(asObject(inputDetails)?.['cached_tokens']);
  const write = count(asObject(inputDetails)?.['cache_write_tokens']);
  return {
    input_total: total,
    input_uncached: total === null ? null : total - (read ?? 0) - (write ?? 0),
    cache_read: read,
    cache_write: write,
    output_total: count(usage['completion_tokens'] ?? usage['output_tokens']),
    reasoning: count(asObject(outputDetails)?.['reasoning_tokens']),
  };
}

function field(from: Json, outer: string, inner: string): unknown {
  return asObject(from[outer])?.[inner];
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

function count(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
