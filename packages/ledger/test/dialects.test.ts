// Recognition: one dialect claims a record, and where two would, their order in the list is the only
// thing that decides.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { factsOf } from '../src/decoded-requests.ts';
import {
  attributeNames,
  type Aliases,
  type Attribute,
  type Dialect,
  type RecordView,
} from '../src/dialect.ts';
import { DIALECTS } from '../src/dialects/index.ts';
import { parseRequests } from '../src/index.ts';
import { attributesOf, OTEL_SCOPE, read } from './dialect-reading.ts';

/** What recognisers may look at, over a record as it lies in a capture. */
function viewOf(signal: RecordView['signal'], scope: string, record: Json): RecordView {
  const names = attributeNames();
  const values = new Map((record.attributes ?? []).map(({ key, value }) => [key, value]));
  const has = (attribute: Attribute): boolean => values.has(names[attribute] ?? '');
  const text = (attribute: Attribute): string | null =>
    values.get(names[attribute] ?? '')?.stringValue ?? null;
  const name = signal === 'span' ? record.name : record.body?.stringValue;
  return {
    signal,
    scope,
    scopeVersion: '',
    name: name ?? '',
    has,
    first: (aliases: Aliases) => aliases.find(has) ?? null,
    text,
  } as unknown as RecordView;
}

interface Json {
  readonly name?: string;
  readonly body?: { readonly stringValue?: string };
  readonly attributes?: readonly {
    readonly key: string;
    readonly value: { stringValue?: string };
  }[];
}

function capturedRecords(): readonly RecordView[] {
  const folder = new URL('./fixtures/otlp/', import.meta.url);
  const files = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter(
    (name) => name.endsWith('.json') && !name.includes('.truth.'),
  );
  const views: RecordView[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const scoped = value as { scope?: { name?: string }; spans?: Json[]; logRecords?: Json[] };
    const scope = scoped.scope?.name ?? '';
    for (const span of scoped.spans ?? []) views.push(viewOf('span', scope, span));
    for (const log of scoped.logRecords ?? []) views.push(viewOf('log', scope, log));
    for (const inner of Object.values(value)) walk(inner);
  };
  for (const file of files) walk(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
  return views;
}

const isDialect = (value: unknown): value is Dialect =>
  typeof value === 'object' && value !== null && 'recognises' in value && 'read' in value;

describe('recognition', () => {
  const last = ['otel-generic', 'plumbing'];

  /** Where two recognise one record, and why the first of them reads it. */
  const ordered: Readonly<Record<string, string>> = {
    'aws-bedrock > otel-genai': 'one family of scopes; the narrower name is asked first',
    'crewai > traceloop':
      'crews and their agents as an instrumentation tells of them; names that only they have decide',
    'openinference > agent-framework':
      'a processor of the first rewrites spans of the second; the marker it adds decides',
    'openinference > google-adk': 'a processor’s marker on a span of the framework’s own scope',
    'traceloop > otel-genai':
      'a scope of one name in both; names that only Traceloop writes decide',
  };

  it('is exclusive on every captured record, or its order has a reason', () => {
    const views = capturedRecords();
    expect(views.length).toBeGreaterThan(1000);
    const overlaps = new Set<string>();
    for (const view of views) {
      const found = DIALECTS.filter((dialect) => dialect.recognises(view)).map(({ name }) => name);
      const own = found.filter((name) => !last.includes(name));
      if (own.length > 1) overlaps.add(own.join(' > '));
    }
    expect([...overlaps].sort()).toEqual(Object.keys(ordered).sort());
  });

  it('looks at no value where the shape is said to be enough', () => {
    const spans = capturedRecords().filter(({ signal }) => signal === 'span');
    const dialects = DIALECTS.filter((dialect) => dialect.recognises_by === 'shape');
    for (const view of spans) {
      const { signal, scope, scopeVersion, has, first } = view;
      const bare = { signal, scope, scopeVersion, has, first } as unknown as RecordView;
      for (const dialect of dialects) {
        expect(dialect.recognises(bare)).toBe(dialect.recognises(view));
      }
    }
  });

  it('tells records of one shape in one request apart by name, value and scope', () => {
    const span = (id: string, name: string, operation: string) => ({
      ...{ traceId: 'a'.repeat(32), spanId: id.repeat(16), name },
      attributes: attributesOf({ 'gen_ai.operation.name': operation }),
    });
    const spans = [
      ...[span('1', 'a', 'chat'), span('2', 'b', 'other'), span('3', 'claude_code.tool', 'chat')],
      span('4', 'c', 'chat'),
    ];
    const scopeSpans = ['gen_ai', OTEL_SCOPE].map((name) => ({ scope: { name }, spans }));
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans }] });
    const facts = factsOf(parseRequests(Buffer.from(body), 'x.json'));
    expect(facts.map(({ dialect }) => dialect)).toEqual([
      ...['ai-sdk-7', 'otel-generic', 'claude-code', 'ai-sdk-7'],
      ...['otel-genai', 'otel-genai', 'claude-code', 'otel-genai'],
    ]);
  });

  it('asks the readers of last resort last', () => {
    expect(DIALECTS.slice(-2).map(({ name }) => name)).toEqual(last);
  });

  it('prefers a marker that a processor put on another emitter’s span to the scope', () => {
    const rewritten = read({
      scope: OTEL_SCOPE,
      attributes: {
        'openinference.span.kind': 'LLM',
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 120,
        'llm.token_count.prompt': 120,
      },
    });
    expect(rewritten).toMatchObject({ dialect: 'openinference', input_tokens: 120 });
  });

  it('knows Traceloop’s Python spans from OpenTelemetry’s in scopes of one form', () => {
    const scope = 'opentelemetry.instrumentation.openai_v2';
    const operation = { 'gen_ai.operation.name': 'chat' };
    expect(read({ scope, version: '2.1b0', attributes: operation })?.dialect).toBe('otel-genai');
    const total = { ...operation, 'gen_ai.usage.total_tokens': 150 };
    expect(read({ scope, attributes: total })?.dialect).toBe('traceloop');
  });

  it('has every dialect that has a file', async () => {
    const folder = new URL('../src/dialects/', import.meta.url);
    const found: Dialect[] = [];
    for (const name of readdirSync(folder)) {
      const module = (await import(new URL(name, folder).href)) as Record<string, unknown>;
      found.push(...Object.values(module).filter(isDialect));
    }
    expect(found.filter((dialect) => !DIALECTS.includes(dialect))).toEqual([]);
    expect(new Set(found).size).toBe(DIALECTS.length);
  });

  it('names are unique', () => {
    expect(new Set(DIALECTS.map(({ name }) => name)).size).toBe(DIALECTS.length);
  });
});
