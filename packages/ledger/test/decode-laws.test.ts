// Laws of decoding, on random requests: both encodings give the same bytes, splitting changes no
// row, and whatever the bytes are, spans in = rows + refusals or nothing at all.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Block } from '../src/block.ts';
import { type Body, decodeTraces } from '../src/decode.ts';
import { SpanledgerError } from '../src/errors.ts';
import type { Receipt } from '../src/receipt.ts';
import { anyTraces, spansIn } from './arbitrary-request.ts';
import { rowsOf } from './native-rows.ts';
import { json, protobuf, snakeCase, traces, type Traces } from './otlp-writer.ts';

const SENDER = { org_id: 'acme' };
const TABLES = ['otel_traces', 'genai_facts', 'otel_logs'] as const;

function decoded(...bodies: Body[]): { block: Block; receipts: Receipt[] } {
  const block = new Block();
  return { block, receipts: bodies.map((body) => decodeTraces(body, block, SENDER)) };
}

const contentOf = (block: Block): string[] =>
  TABLES.map((table) => Buffer.concat(block.parts(table)).toString('hex'));

const rowsIn = (block: Block) => TABLES.map((table) => rowsOf(block.parts(table)));

function refusedIn(receipt: Receipt): number {
  return [...receipt.refused.values()].reduce((sum, count) => sum + count, 0);
}

test('protobuf and JSON in both spellings give the same bytes', () => {
  fc.assert(
    fc.property(anyTraces, (request) => {
      const wire = decoded(protobuf(traces(request)));
      for (const body of [json(request), json(snakeCase(request))]) {
        const other = decoded(body);
        expect(contentOf(other.block)).toEqual(contentOf(wire.block));
        expect(other.receipts).toEqual(wire.receipts);
      }
    }),
    { numRuns: 300 },
  );
});

test('a span is a row or a counted refusal', () => {
  fc.assert(
    fc.property(anyTraces, (request) => {
      const { block, receipts } = decoded(protobuf(traces(request)));
      const [rows, facts] = rowsIn(block);
      expect(receipts[0]!.accepted).toBe(block.spans);
      expect(rows).toHaveLength(block.spans);
      expect(facts).toHaveLength(block.facts);
      expect(receipts[0]!.accepted + refusedIn(receipts[0]!)).toBe(spansIn(request));
    }),
    { numRuns: 200 },
  );
});

/** Each span in a request of its own, with its resource and scope. */
function split(request: Traces): Traces[] {
  return (request.resourceSpans ?? []).flatMap(({ scopeSpans, ...entry }) =>
    (scopeSpans ?? []).flatMap(({ spans, ...scope }) =>
      (spans ?? []).map((one) => ({
        resourceSpans: [{ ...entry, scopeSpans: [{ ...scope, spans: [one] }] }],
      })),
    ),
  );
}

test('splitting a request changes no row', () => {
  fc.assert(
    fc.property(anyTraces, (request) => {
      const whole = decoded(protobuf(traces(request)));
      const parts = decoded(...split(request).map((part) => protobuf(traces(part))));
      expect(rowsIn(parts.block)).toEqual(rowsIn(whole.block));
    }),
    { numRuns: 200 },
  );
});

test('another dictionary seed changes no row', () => {
  fc.assert(
    fc.property(anyTraces, fc.integer(), (request, seed) => {
      const block = new Block({}, { seed });
      decodeTraces(protobuf(traces(request)), block, SENDER);
      expect(rowsIn(block)).toEqual(rowsIn(decoded(protobuf(traces(request))).block));
    }),
    { numRuns: 50 },
  );
});

test('a block that is used again gives the same rows', () => {
  const block = new Block({ dictionary_entries_kept: 8 });
  fc.assert(
    fc.property(anyTraces, (request) => {
      block.reset();
      decodeTraces(protobuf(traces(request)), block, SENDER);
      expect(rowsIn(block)).toEqual(rowsIn(decoded(protobuf(traces(request))).block));
    }),
    { numRuns: 200 },
  );
});

describe('damaged bytes', () => {
  /** Bytes of a request with some replaced, and cut off at some place. */
  const damage = fc.record({
    request: anyTraces,
    changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
    cut: fc.option(fc.nat()),
  });

  function damaged(content: number[], changes: [number, number][], cut: number | null): number[] {
    const out = [...content];
    for (const [at, byte] of changes) if (out.length > 0) out[at % out.length] = byte;
    return cut === null ? out : out.slice(0, cut % (out.length + 1));
  }

  /** A block that other requests have filled before, so that nothing of them may change. */
  function attempt(body: Body): void {
    const before: Traces = {
      resourceSpans: [
        {
          scopeSpans: [
            { spans: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16), name: 'before' }] },
          ],
        },
      ],
    };
    const { block } = decoded(protobuf(traces(before)));
    const rows = rowsIn(block);
    const spans = block.spans;
    try {
      const receipt = decodeTraces(body, block, SENDER);
      expect(block.spans).toBe(spans + receipt.accepted);
      expect(rowsIn(block)[0]).toHaveLength(block.spans);
    } catch (error) {
      if (!(error instanceof SpanledgerError)) throw error;
      expect(error.code).toBe(`malformed_${body.encoding}`);
      expect(rowsIn(block)).toEqual(rows);
    }
  }

  test('protobuf: rows or malformed, never anything else', () => {
    fc.assert(
      fc.property(damage, ({ request, changes, cut }) => {
        attempt(protobuf(damaged(traces(request), changes, cut)));
      }),
      { numRuns: 3_000 },
    );
  });

  test('JSON: rows or malformed, never anything else', () => {
    fc.assert(
      fc.property(damage, ({ request, changes, cut }) => {
        const content = [...Buffer.from(JSON.stringify(request))];
        const body = json('');
        attempt({ ...body, ...protobuf(damaged(content, changes, cut)), encoding: 'json' });
      }),
      { numRuns: 1_500 },
    );
  });

  test('JSON that JSON.parse refuses is malformed', () => {
    fc.assert(
      fc.property(damage, ({ request, changes, cut }) => {
        const content = damaged([...Buffer.from(JSON.stringify(request))], changes, cut);
        const { bytes, length } = protobuf(content);
        let valid = true;
        try {
          JSON.parse(Buffer.from(content).toString());
        } catch {
          valid = false;
        }
        if (valid) return;
        expect(() =>
          decodeTraces({ bytes, length, encoding: 'json' }, new Block(), SENDER),
        ).toThrow(SpanledgerError);
      }),
      { numRuns: 500 },
    );
  });
});
