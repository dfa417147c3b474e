// The forms in which OTLP requests lie in files: all give the same account.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { account, parseRequests, SpanledgerError } from '../src/index.ts';

const CAPTURE = new URL('./fixtures/otlp/oi-openai-chat-tool.json', import.meta.url);
const MIXED = new URL('./fixtures/otlp/claude-code-2.1.329.json', import.meta.url);
const text = readFileSync(CAPTURE, 'utf8');
const request: unknown = JSON.parse(text);
const expected = account(parseRequests(Buffer.from(text), 'one.json'));

const forms: readonly [string, string][] = [
  ['one request', text],
  ['one request over many lines', JSON.stringify(request, null, 2)],
  ['a byte order mark before it', `\u{feff}${text}`],
  ['JSON lines', `${JSON.stringify(request)}\n`],
  [
    'JSON lines with an empty line and another request',
    `\n${JSON.stringify(request)}\n\n{"resourceSpans":[]}\n`,
  ],
  ['a list of path and body', JSON.stringify([{ path: '/v1/traces', body: request }])],
  ['a list of body and path', JSON.stringify([{ body: request, path: '/v1/traces' }], null, 1)],
  ['a list of requests', JSON.stringify([request, { resourceLogs: [] }, { resourceMetrics: [] }])],
  ['lines of path and body', `${JSON.stringify({ path: '/v1/traces', body: request })}\n`],
];

describe('parseRequests', () => {
  it.each(forms)('%s', (_, file) => {
    expect(account(parseRequests(Buffer.from(file), 'file.json'))).toEqual(expected);
  });

  it('finds every signal of a mixed file', () => {
    const signals = parseRequests(readFileSync(MIXED), 'x.json').map(({ signal }) => signal);
    expect(new Set(signals)).toEqual(new Set(['traces', 'logs', 'metrics']));
  });

  it('keeps every byte of a body: no number passes through a float', () => {
    const body = '{"resourceSpans":[{"x":1790000000000000001,"y":"\\"]}"}]}';
    const [found] = parseRequests(Buffer.from(`[{"path":"/v1/traces","body":${body}}]`), 'x.json');
    const bytes = found?.body.bytes.subarray(0, found.body.length);
    expect(Buffer.from(bytes ?? []).toString()).toBe(body);
  });

  it.each([
    ['spans.pb', 'traces'],
    ['collector/logs.bin', 'logs'],
    ['metrics-1.pb', 'metrics'],
    ['request', 'traces'],
  ])('protobuf: the name %s says %s', (name, signal) => {
    expect(parseRequests(Uint8Array.of(0x0a, 0x00), name)).toMatchObject([
      { signal, body: { encoding: 'protobuf', length: 2 } },
    ]);
  });

  it('an empty file holds nothing', () => {
    expect(parseRequests(new Uint8Array(), 'x.json')).toEqual([]);
    expect(parseRequests(Buffer.from(' \n '), 'x.json')).toEqual([]);
  });

  it.each([
    ...['{"resourceSpans":[', '[{"path":"/v1/traces"', '[1]', '{"a" 1}', '{"a', '[{}{}]'],
    ...['[,]', '[{},,{}]', '{"a":}', '{"a":,"b":1}', '{"a":{"b":"c"},{"b":"c"}]}'],
  ])('malformed: %s', (file) => {
    expect(() => parseRequests(Buffer.from(file), 'x.json')).toThrow(SpanledgerError);
  });
});
