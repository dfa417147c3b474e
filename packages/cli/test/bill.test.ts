// Bills and months as a person sees them, at the width of a usual terminal and of a wide one.

import { describe, expect, it } from 'vitest';
import type { BillAnswer, SumsAnswer } from '../src/answers.ts';
import { renderBill } from '../src/bill-view.ts';
import { openTerminal } from '../src/index.ts';
import { renderFreeze, renderPeriods, type PeriodAnswer } from '../src/period-view.ts';
import { renderRecost } from '../src/recost-view.ts';

const screen = (columns: number) =>
  openTerminal({ isTTY: true, columns, write: () => 0 }, { write: () => 0 }, { NO_COLOR: '1' });

const sums = (calls: number, tokens: number | null, cost_usd: string | null): SumsAnswer => ({
  ...{ calls, call_errors: 0, tool_errors: 0, tool_calls: 0, cost_usd },
  ...{ input_uncached: tokens, cache_read: null, cache_write_5m: null, cache_write_1h: null },
  ...{ audio_in: null, image_in: null, output: tokens, reasoning: null },
  ...{ audio_out: null, image_out: null },
});
const NONE = sums(0, null, null);

const FROZEN: PeriodAnswer = {
  month: '2026-10',
  state: 'frozen',
  frozen_at: '2026-11-01T08:00:00.000Z',
  frozen_by: '0f3a9c1d22e4',
  used: sums(1_234, 5_000, '12.345'),
  booked: sums(1, 10, '0.1'),
  billed: sums(1_235, 5_010, '12.445'),
  adjusted_later: sums(-2, -20, '-0.02'),
  priced_today: sums(1_230, 4_970, '12.32'),
  not_booked_yet: sums(-2, -10, '-0.005'),
};

const BILL: BillAnswer = {
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-21T18:00:00.000Z',
  by: ['agent_name', 'model'],
  rows: [{ agent_name: 'planner', model: 'gpt-4o', ...sums(20, 24_000, '0.108') }],
  adjustments: [
    {
      ...{ month: '2026-10', booked_on: '2026-11-03', agent_name: 'planner', model: 'gpt-4o' },
      ...sums(-1, -1_200, '-0.0054'),
    },
  ],
  used: sums(20, 24_000, '0.108'),
  adjusted: sums(-1, -1_200, '-0.0054'),
  billed: sums(19, 22_800, '0.1026'),
};

describe.each([80, 160])('at %i columns', (columns) => {
  const fits = (text: string): string => {
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    return text;
  };

  it('a bill tells what was used, what was adjusted apart, and both together', () => {
    const text = renderBill(screen(columns), BILL);
    expect(text).toMatch(/^As billed {2}2026-11-01 to 2026-11-21T18:00, UTC$/m);
    expect(text).toMatch(/^2026-10 +2026-11-03 +planner +gpt-4o +-1 +-1,200 .* -\$0\.005400$/m);
    expect(text).toMatch(/^Used +20 calls[^]*^Adjusted +-1 calls[^]*^Billed +19 calls/m);
    expect(text).toContain('counts at 00:00 UTC of its day');
    expect(renderBill(screen(columns), { ...BILL, to: '2026-12-01T00:00:00.000Z' })).not.toContain(
      '00:00',
    );
    fits(text);
  });

  it('a month tells its bill, what changed later, what it is today and what is not booked', () => {
    const text = renderPeriods(screen(columns), [FROZEN]);
    expect(text).toMatch(/^2026-10 +frozen 2026-11-01 .* \+\$0\.100000 +\$12\.4450 +-\$0\.020000/m);
    expect(text).toContain('2026-10: -2 calls, -$0.005000 changed and not booked yet');
    expect(text.split('\n')[1]?.length).toBeLessThanOrEqual(columns);
  });
});

it('a freeze says what it did, and what it would do', () => {
  const terminal = screen(80);
  const open = { traces: 0, minutes: 0, hours: 0, days: 0 };
  const done = { month: '2026-10', frozen: true, already: false, open, period: FROZEN };
  expect(renderFreeze(terminal, done)).toMatch(/^Frozen 2026-10\.\nUsed +1,234 calls/);
  expect(renderFreeze(terminal, { ...done, already: true })).toContain('nothing was done');
  const dry = { ...done, frozen: false, open: { ...open, traces: 3, days: 1 } };
  expect(renderFreeze(terminal, dry)).toContain('first it settles 3 traces, 1 day. Nothing was');
  const empty = { ...done, period: { ...FROZEN, used: NONE } };
  expect(renderFreeze(terminal, empty)).toContain('0 calls');
});

it('recosting names the frozen months', () => {
  const month = { month: '2026-10', calls: 5, before_usd: '1', after_usd: '0.5' };
  const model = {
    ...{ provider: 'openai', model: 'gpt-4o', calls: 5, changed: 2 },
    ...{ priced_before: 5, priced_after: 5, before_usd: '1', after_usd: '0.5' },
    difference_usd: '-0.5',
  };
  const render = (changed: number, dry_run: boolean) =>
    renderRecost(screen(160), {
      ...{ dry_run, price_book: 'book', traces: 5, models: [model] },
      frozen_months: [{ ...month, changed, difference_usd: '-0.5' }],
    });
  expect(render(2, true)).toContain(
    '2026-10 is frozen: 2 calls of it, -$0.500000, would be booked as an adjustment',
  );
  expect(render(2, false)).toContain('is booked as an adjustment');
  expect(render(0, false)).toContain('2026-10 is frozen: nothing of it changes');
});
