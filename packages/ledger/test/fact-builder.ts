// Facts for tests: everything "not said" except what a test says.

import { FACT_COLUMNS, type Fact } from '../src/index.ts';

const EMPTY = Object.fromEntries(
  FACT_COLUMNS.map(({ name, type }) => [name, emptyValue(type)]),
) as unknown as Fact;

function emptyValue(type: string): unknown {
  if (type.startsWith('Array')) return [];
  if (type.startsWith('Nullable')) return null;
  return type === 'UInt64' || type === 'DateTime64(9)' ? 0n : '';
}

/** 2026-09-21, in nanoseconds. */
const BASE_NS = 1_790_000_000_000_000_000n;
const NS_PER_MS = 1_000_000n;

export interface Said extends Partial<Fact> {
  /** Milliseconds after the test's base time, and how long. */
  readonly at?: number;
  readonly ms?: number;
}

let spans = 0;

/** A span of one trace, service and scope, unless the test says otherwise. */
export function fact(said: Said = {}): Fact {
  const { at = 0, ms = 100, ...fields } = said;
  spans += 1;
  return {
    ...EMPTY,
    org_id: 'default',
    trace_id: 'a'.repeat(32),
    span_id: spans.toString(16).padStart(16, '0'),
    version: 1n,
    signal: 'span',
    start_time: BASE_NS + BigInt(Math.round(at * 1000)) * (NS_PER_MS / 1000n),
    duration_ns: BigInt(Math.round(ms * 1000)) * (NS_PER_MS / 1000n),
    service_name: 'app',
    scope_name: 'scope-a',
    status: 'unset',
    kind: 'other',
    cache_convention: 'included',
    reasoning_convention: 'included',
    ...fields,
  };
}

/** A model call that answered 120 in, 30 out. */
export function call(said: Said = {}): Fact {
  return fact({
    kind: 'llm',
    operation: 'chat',
    provider: 'openai',
    request_model: 'gpt-4o',
    input_tokens: 120,
    output_tokens: 30,
    cache_read_tokens: 80,
    reasoning_tokens: 10,
    marks: ['answered'],
    ...said,
  });
}

/** A call whose record carries no figures. */
export function silentCall(said: Said = {}): Fact {
  return call({
    input_tokens: null,
    output_tokens: null,
    cache_read_tokens: null,
    reasoning_tokens: null,
    ...said,
  });
}

export function event(said: Said = {}): Fact {
  spans += 1;
  return call({
    signal: 'log',
    span_id: '',
    event_id: spans.toString(16),
    ms: 0,
    name: 'call.details',
    ...said,
  });
}

export function beneath(parent: Fact, said: Said = {}): Said {
  return { trace_id: parent.trace_id, parent_span_id: parent.span_id, ...said };
}

export const OTHER_TRACE = 'b'.repeat(32);
