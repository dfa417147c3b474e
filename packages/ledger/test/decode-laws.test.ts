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
import { body, json, protobuf, snakeCase, traces, type Traces } from './otlp-writer.ts';

const SENDER = { org_id: 'acme' };
const TABLES = ['otel_traces', 'genai_facts', 'otel_logs', 'genai_content'] as const;

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
    { numRuns: 80 },
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
      const claimed = [...receipts[0]!.dialects.values()].reduce((sum, times) => sum + times, 0);
      expect(claimed).toBe(block.spans);
      expect(receipts[0]!.accepted + refusedIn(receipts[0]!)).toBe(spansIn(request));
    }),
    { numRuns: 80 },
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
    { numRuns: 80 },
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
    { numRuns: 80 },
  );
});

describe('damaged bytes', () => {
  const REQUESTS = fc.sample(anyTraces, { numRuns: 40, seed: 7 });
  const TRIES = 25;

  /** Copies with some bytes replaced, cut off at some place; the same ones in every run. */
  function* damaged(content: Uint8Array, seed: number): Generator<Uint8Array> {
    let state = seed + 1;
    const below = (end: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * end);
    };
    for (let i = 0; i < TRIES && content.length > 0; i++) {
      const copy = Uint8Array.from(content);
      for (let changes = below(5); changes > 0; changes--) copy[below(copy.length)] = below(256);
      yield below(3) === 0 ? copy.subarray(0, below(copy.length)) : copy;
    }
  }

  /** Adds the body behind the rows of another request; answers whether it was taken. */
  function attempt(damagedBody: Body, before: readonly unknown[], block: Block): boolean {
    const spans = block.spans;
    try {
      const receipt = decodeTraces(damagedBody, block, SENDER);
      const rows = rowsOf(block.parts('otel_traces'));
      expect(block.spans).toBe(spans + receipt.accepted);
      expect(rows.slice(0, spans)).toEqual(before);
      expect(rows).toHaveLength(block.spans);
      return true;
    } catch (error) {
      if (!(error instanceof SpanledgerError)) throw error;
      expect(error.code).toBe(`malformed_${damagedBody.encoding}`);
      expect(rowsOf(block.parts('otel_traces'))).toEqual(before);
      return false;
    }
  }

  const first: Traces = {
    resourceSpans: [
      { scopeSpans: [{ spans: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16), name: 'a' }] }] },
    ],
  };
  const encodings = {
    protobuf: (request: Traces) => Uint8Array.from(traces(request)),
    json: (request: Traces) => Uint8Array.from(Buffer.from(JSON.stringify(request))),
  };

  test.each(['protobuf', 'json'] as const)('%s: rows or malformed, nothing else', (encoding) => {
    const outcomes = { taken: 0, malformed: 0 };
    const block = new Block();
    REQUESTS.forEach((request, seed) => {
      for (const content of damaged(encodings[encoding](request), seed)) {
        block.reset();
        decodeTraces(protobuf(traces(first)), block, SENDER);
        const taken = attempt(body(content, encoding), rowsOf(block.parts('otel_traces')), block);
        outcomes[taken ? 'taken' : 'malformed']++;
      }
    });
    expect(outcomes.taken).toBeGreaterThan(50);
    expect(outcomes.malformed).toBeGreaterThan(50);
  });

  test('JSON that JSON.parse refuses is malformed', () => {
    REQUESTS.forEach((request, seed) => {
      for (const content of damaged(encodings.json(request), seed + 1_000)) {
        let valid = true;
        try {
          JSON.parse(Buffer.from(content).toString());
        } catch {
          valid = false;
        }
        if (valid) continue;
        expect(() => decodeTraces(body(content, 'json'), new Block(), SENDER)).toThrow(
          SpanledgerError,
        );
      }
    });
  });
});
