// Golden rows: what real emitters sent, as rows of `otel_traces`, and their content beside them.
// UPDATE=1 rewrites the files.

import { readFileSync, writeFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { Block } from '../src/block.ts';
import { decodeTraces } from '../src/decode.ts';
import { rowsOf } from './native-rows.ts';
import { json } from './otlp-writer.ts';

const CAPTURES = [
  'ai7-generateText-anthropic',
  'otel-openai-error',
  'traceloop-anthropic',
  'claude-code-2.1.329',
];

const TABLES = [
  { table: 'otel_traces', ending: '' },
  { table: 'genai_content', ending: '.content' },
] as const;

test.each(CAPTURES.flatMap((name) => TABLES.map((table) => ({ name, ...table }))))(
  '$name: $table',
  ({ name, table, ending }) => {
    const capture: unknown = JSON.parse(
      readFileSync(new URL(`fixtures/otlp/${name}.json`, import.meta.url), 'utf8'),
    );
    const requests = Array.isArray(capture)
      ? (capture as { path: string; body: unknown }[])
          .filter(({ path }) => path === '/v1/traces')
          .map((entry) => entry.body)
      : [capture];
    const block = new Block();
    for (const request of requests) decodeTraces(json(request), block, { org_id: 'acme' });
    const rows = rowsOf(block.parts(table));
    const shown = `${JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`;
    const file = new URL(`fixtures/rows/${name}${ending}.json`, import.meta.url);
    if (process.env['UPDATE'] === '1') writeFileSync(file, shown);
    expect(shown).toBe(readFileSync(file, 'utf8'));
  },
);
