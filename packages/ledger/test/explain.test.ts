// The explanation: the same roles and sums as the ledger, hung into the tree of spans.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { factsOf } from '../src/decoded-requests.ts';
import {
  bundledPriceBook,
  explain,
  meaningOf,
  meaningsOf,
  parseRequests,
  type ExplainedSpan,
} from '../src/index.ts';
import { beneath, call, event, fact } from './fact-builder.ts';

const BOOK = bundledPriceBook();

function outline(spans: readonly ExplainedSpan[], depth = 0): string[] {
  return spans.flatMap((span) => [
    `${'  '.repeat(depth)}${span.name} · ${span.role}`,
    ...outline(span.children, depth + 1),
  ]);
}

describe('explain', () => {
  it('shows a captured run as its tree, with roles, sums and rules', () => {
    const file = new URL('./fixtures/otlp/ai7-generateText-anthropic.json', import.meta.url);
    const found = explain(factsOf(parseRequests(readFileSync(file), 'x.json')), BOOK);
    expect(outline(found.trees)).toEqual([
      'invoke_agent claude-sonnet-4-5 · aggregate',
      '  step 1 · ',
      '    chat claude-sonnet-4-5 · owner',
      '    execute_tool get_weather · none',
      '  step 2 · ',
      '    chat claude-sonnet-4-5 · owner',
    ]);
    expect(found.trees[0]).toMatchObject({ hint: { input: 280, output: 60 }, tokens: {} });
    expect(found.trees[0]?.children[0]?.children[0]).toMatchObject({
      rule: expect.stringContaining('input 140 = input_uncached 40 + cache_read 80') as string,
      tokens: { input_uncached: 40, cache_read: 80, cache_write_5m: 20, output: 30 },
      doubts: ['cache_write_lifetime_unknown'],
      cost_usd: '0.000669',
      cost_parts: [
        { class: 'input_uncached', tokens: 40, usd_per_token: '0.000003', cost_usd: '0.00012' },
        { class: 'cache_read', tokens: 80, usd_per_token: '0.0000003', cost_usd: '0.000024' },
        { class: 'cache_write_5m', tokens: 20, usd_per_token: '0.00000375', cost_usd: '0.000075' },
        { class: 'output', tokens: 30, usd_per_token: '0.000015', cost_usd: '0.00045' },
      ],
    });
    expect(found.totals).toEqual({
      calls: 2,
      input: 280,
      output: 60,
      cost_usd: '0.001338',
      roles: { aggregate: 1, none: 1, owner: 2 },
      doubts: { cache_write_lifetime_unknown: 2 },
    });
  });

  it('keeps the figures as they were written, and says what each code means', () => {
    const bare = { cache_read_tokens: null, reasoning_tokens: null };
    const silent = call({ ...bare, span_id: '1', input_tokens: null, output_tokens: null });
    const doubted = call({
      ...{ ...bare, span_id: '2', at: 1, input_tokens: 12, output_tokens: 3, total_tokens: 99 },
      reported_cost_usd: 5_000_000_000_000n,
    });
    const { trees, meanings } = explain([silent, doubted], BOOK);
    expect(trees.map(({ said }) => said)).toEqual([
      {},
      { input_tokens: 12, output_tokens: 3, total_tokens: 99, reported_cost_usd: '5' },
    ]);
    expect(Object.keys(meanings)).toEqual(
      expect.arrayContaining(['total_contradicts', 'usage:emitter_reports_no_usage']),
    );
    expect(Object.values(meanings).every(({ means }) => means !== '')).toBe(true);
  });

  it('tells two reasons of one name apart', () => {
    const [usage, cost] = ['usage:partial_usage', 'cost:partial_usage'].map(meaningOf);
    expect(usage?.means).not.toBe(cost?.means);
    expect(meaningOf('partial_usage')).toBe(usage);
    expect(meaningsOf(['a code of tomorrow', 'toString'])).toEqual({});
  });

  it('hangs an event under the span that it names', () => {
    const span = call({ name: 'chat' });
    const { trees } = explain([event({ ...beneath(span), span_id: span.span_id }), span], BOOK);
    expect(outline(trees)).toEqual(['chat · owner', '  call.details · duplicate']);
  });

  it('stays printable for deep and looped traces', () => {
    const spans = Array.from({ length: 5000 }, (_, n) =>
      fact({ span_id: String(n).padStart(16, '0'), at: n }),
    );
    const chain = spans.map((span, n) => ({
      ...span,
      parent_span_id: spans[n === 0 ? spans.length - 1 : n - 1]?.span_id ?? '',
    }));
    const found = explain(chain, BOOK);
    expect(JSON.stringify(found).match(/"span_id"/g)).toHaveLength(5000);
  });
});
