// Holds the spans of a run against the table of what each scenario should leave.

import { expect } from 'vitest';
import type { Span } from './child.ts';
import type { Expected } from './openai-expected.ts';

export function checkSpans(
  spans: readonly Span[],
  all: Readonly<Record<string, Expected>>,
  provider: string,
): void {
  const models = spans.map((span) => String(span.attributes['gen_ai.request.model']));
  const each = Object.entries(all).flatMap(([model, { spans: times = 1 }]) =>
    Array.from({ length: times }, () => model),
  );
  expect(models.toSorted()).toEqual(each.toSorted());
  for (const span of spans) {
    const model = String(span.attributes['gen_ai.request.model']);
    const { attributes = {}, failed = false } = all[model] ?? {};
    const expected = { 'gen_ai.operation.name': 'chat', ...attributes };
    const said = Object.fromEntries(
      Object.keys(expected).map((name) => [name, span.attributes[name]]),
    );
    expect({ model, ...said }).toEqual({ model, ...matching(expected) });
    expect(span.name).toBe(`${expected['gen_ai.operation.name']} ${model}`);
    expect(span.kind).toBe(3);
    expect({ model, status: span.status }).toEqual({ model, status: failed ? 2 : 0 });
    expect(span.attributes['gen_ai.provider.name']).toBe(provider);
    expect(span.attributes['server.address']).toBe('127.0.0.1');
    const waited_s = span.attributes['gen_ai.response.time_to_first_chunk'];
    const streamed = typeof span.attributes['spanledger.stream.chunks'] === 'number';
    if (streamed) expect(waited_s).toBeGreaterThan(0);
    const again = Number(span.attributes['spanledger.attempts'] ?? 1) > 1;
    if (again) expect(span.attributes['spanledger.retries.time']).toBeGreaterThan(0);
    expect(span.scope).toBe('@spanledger/instrumentation');
    expect(span.schema_url).toContain('gen-ai');
  }
}

/** A pattern in a list stands for any text that it fits. */
function matching(expected: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(expected).map(([name, value]) => [
      name,
      Array.isArray(value)
        ? value.map((each: unknown) =>
            each instanceof RegExp ? (expect.stringMatching(each) as unknown) : each,
          )
        : value,
    ]),
  );
}
