// One record sent through the whole decoder, and the fact that a dialect makes of it: what the tests
// of dialects share.

import { describe, expect, it } from 'vitest';
import { factsOf } from '../src/decoded-requests.ts';
import { parseRequests, type Fact } from '../src/index.ts';

/** A scope of OpenTelemetry's own instrumentations. */
export const OTEL_SCOPE = '@opentelemetry/instrumentation-openai';

type Value = string | number | boolean | readonly string[];
type Attributes = Readonly<Record<string, Value>>;

function anyValue(value: Value): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  return { arrayValue: { values: value.map(anyValue) } };
}

/** Attributes as they stand in a request. */
export const attributesOf = (attributes: Attributes): unknown =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));

/** One record: a span, or a log event. */
export interface Sent {
  readonly scope: string;
  readonly version?: string;
  readonly name?: string;
  readonly log?: boolean;
  readonly status?: number;
  readonly attributes: Attributes;
  /** Span events: their names and attributes. */
  readonly events?: Readonly<Record<string, Attributes>>;
}

const START = '1790000000000000000';
const END = '1790000001000000000';

/** Sends one record through the decoder and reads its fact back. */
export function read(sent: Sent): Fact | undefined {
  const scope = { name: sent.scope, version: sent.version ?? '' };
  const attributes = attributesOf(sent.attributes);
  const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  const span = {
    ...ids,
    name: sent.name ?? 'span',
    startTimeUnixNano: START,
    endTimeUnixNano: END,
    status: { code: sent.status ?? 0 },
    attributes,
    events: Object.entries(sent.events ?? {}).map(([name, said]) => ({
      name,
      timeUnixNano: END,
      attributes: attributesOf(said),
    })),
  };
  const record = { ...ids, timeUnixNano: END, body: { stringValue: sent.name ?? '' }, attributes };
  const body = sent.log
    ? { resourceLogs: [{ scopeLogs: [{ scope, logRecords: [record] }] }] }
    : { resourceSpans: [{ scopeSpans: [{ scope, spans: [span] }] }] };
  return factsOf(parseRequests(Buffer.from(JSON.stringify(body)), 'x.json'))[0];
}

/** What is sent and the part of the fact that it must give. */
export interface Case {
  readonly says: string;
  readonly sent: Sent;
  readonly fact: Partial<Fact>;
}

/** Declares one test for each case of a family. */
export function itReads(family: string, cases: readonly Case[]): void {
  describe(`dialects of ${family}`, () => {
    it.each(cases)('$says', ({ sent, fact }) => {
      expect(read(sent)).toMatchObject(fact);
    });
  });
}
