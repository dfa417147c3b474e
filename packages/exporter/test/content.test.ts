// Content through the service: kept, cut off or dropped by setting, with the same figures each time; and
// no acknowledgement without it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attributes, call, request, spanId, TRACE } from './otlp.ts';
import { Service } from './service.ts';

const PROMPT = '[{"role":"user","content":"ä long question"}]';
const ANSWER = '[{"role":"assistant","content":"an answer"}]';

const asked = (id: string) => {
  const plain = call(id)['attributes'] as unknown[];
  const said = attributes({ 'gen_ai.input.messages': PROMPT, 'gen_ai.output.messages': ANSWER });
  return call(id, { attributes: [...said.slice(0, 1), ...plain, ...said.slice(1)] });
};

const CALLS = [asked(spanId(1)), asked(spanId(2)), call(spanId(3))];

interface Told {
  readonly in_span: string[];
  readonly whole: string[];
  readonly content_rows: number;
  readonly figures: unknown;
}

async function told(service: Service): Promise<Told> {
  const [row] = await service.sql<{ in_span: string[]; whole: string[] }>(`
    SELECT arrayFilter(key -> key LIKE '%messages', mapKeys(raw.SpanAttributes)) AS in_span,
      arrayMap(key -> whole.SpanAttributes[key],
        ['gen_ai.input.messages', 'gen_ai.output.messages']) AS whole
    FROM otel_traces AS raw FINAL JOIN spans_with_content AS whole ON raw.SpanId = whole.SpanId
    WHERE whole.SpanId = '${spanId(1)}' AND raw.TraceId = '${TRACE}'`);
  return {
    in_span: row!.in_span,
    whole: row!.whole,
    content_rows: Number(await service.figure('SELECT count() FROM genai_content FINAL')),
    figures: await service.get('/api/v1/usage?by=model&last=1h'),
  };
}

describe.each<[string, Record<string, string>, Omit<Told, 'figures' | 'in_span'>]>([
  ['by default', {}, { whole: [PROMPT, ANSWER], content_rows: 2 }],
  [
    'cut off inside a character',
    { SPANLEDGER_CONTENT_BYTES_MAX: '28' },
    { whole: [PROMPT.slice(0, 27), ANSWER.slice(0, 28)], content_rows: 2 },
  ],
  ['dropped', { SPANLEDGER_CONTENT: 'drop' }, { whole: ['', ''], content_rows: 0 }],
])('%s', (_, environment, expected) => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start(environment);
  });
  afterAll(() => service.stop());

  test('what is kept of it, and that no figure knows', async () => {
    expect((await service.postJson('/v1/traces', request(...CALLS))).status).toBe(200);
    // A stop settles what was taken.
    await service.stopExporter();
    await service.startExporter();
    const { figures, ...content } = await told(service);
    expect(content).toEqual({ in_span: [], ...expected });
    expect(figures).toMatchObject({
      rows: [{ model: 'gpt-4o', calls: 3, input_uncached: 360, output: 90 }],
    });
  });
});

describe('a ClickHouse that does not take content', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.stop());

  test('a span is not acknowledged without its content', async () => {
    await service.sql('RENAME TABLE genai_content TO genai_content_away');
    const body = request(asked(spanId(7)));
    expect((await service.postJson('/v1/traces', body)).status).toBe(503);
    await service.sql('RENAME TABLE genai_content_away TO genai_content');
    expect((await service.postJson('/v1/traces', body)).status).toBe(200);
    expect(await service.figure('SELECT count() FROM genai_content FINAL')).toBe('1');
  });
});
