// Goal: a frozen month keeps its bill, and all bills together are what is known today, with spans that
// come hours late, new prices, two replicas that freeze and book at once, and one of them killed.
// Method: generated loads of a month that is over, and the bills against the truth of the generator.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, startExporter, type Exporter } from '@spanledger/exporter';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyTruth, feed, type FeedTruth } from './feed.ts';
import { sendAll } from './sender.ts';
import { Service } from './service.ts';

const FAST = {
  SPANLEDGER_TICK_MS: '50',
  SPANLEDGER_HOUR_MS: '200',
  SPANLEDGER_DAY_MS: '200',
  SPANLEDGER_ADJUST_MS: '200',
  SPANLEDGER_PRICES_RELOAD_MS: '50',
};
const discount = (percent: number): string =>
  `discounts: [{ org: default, provider: openai, percent: ${percent} }]\n`;

let folder: string;
let service: Service;
let other: Exporter;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spanledger-periods-'));
  const file = join(folder, 'prices.yaml');
  await writeFile(file, discount(10));
  const environment = { ...FAST, SPANLEDGER_PRICES: file };
  service = await Service.start({ environment });
  other = await startExporter(
    readConfig({
      ...environment,
      SPANLEDGER_PORT: '0',
      SPANLEDGER_LOG_LEVEL: 'silent',
      CLICKHOUSE_URL: service.clickHouseUrl,
    }),
  );
});

afterAll(async () => {
  await other.stop();
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The first instant of the month before this one, and of this one. */
const now = new Date();
const [LAST_MS, THIS_MS] = [-1, 0].map((at) =>
  Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + at),
) as [number, number];
const MONTH = new Date(LAST_MS).toISOString().slice(0, 7);
const THIS_MONTH = new Date(THIS_MS).toISOString().slice(0, 7);

interface Sums {
  readonly calls: number;
  readonly input_uncached: number;
  readonly output: number;
  readonly cost_usd: string | null;
}

interface PeriodAnswer {
  readonly month: string;
  readonly state: string;
  readonly frozen_at: string | null;
  readonly used: Sums;
  readonly billed: Sums;
  readonly adjusted_later: Sums;
  readonly priced_today: Sums;
  readonly not_booked_yet: Sums | null;
}

interface BillAnswer {
  readonly used: Sums;
  readonly adjusted: Sums;
  readonly billed: Sums;
  readonly adjustments: readonly { readonly month: string; readonly booked_on: string }[];
}

async function monthOf(month: string): Promise<PeriodAnswer> {
  const { periods } = await service.get<{ periods: PeriodAnswer[] }>('/api/v1/periods');
  const found = periods.find((one) => one.month === month);
  if (found === undefined) throw new Error(`no month ${month}`);
  return found;
}

const bill = (from_ms: number, to_ms: number): Promise<BillAnswer> =>
  service.get(`/api/v1/bill?from=${instant(from_ms)}&to=${instant(to_ms)}`);
const instant = (time_ms: number): string => new Date(time_ms).toISOString();

/** The same seed with more traces begins with the same spans. */
interface Load {
  readonly seed: number;
  readonly traces: number;
}

/** Ten minutes from trace to trace, so that hours and days are many. */
function requestsOf({ seed, traces }: Load, truth: FeedTruth) {
  const start_ns = BigInt(LAST_MS + 86_400_000 * seed) * 1_000_000n;
  return feed(
    { seed, traces, spansPerRequest: 50, start_ns, traceEvery_ns: 600_000_000_000n },
    truth,
  );
}

async function send(url: string, load: Load): Promise<void> {
  await sendAll(requestsOf(load, emptyTruth()), { url });
}

function truthOf(...loads: readonly Load[]): FeedTruth {
  const truth = emptyTruth();
  for (const load of loads) {
    for (const request of requestsOf(load, truth)) expect(request.spans).toBeGreaterThan(0);
  }
  return truth;
}

/** Waits until nothing of the month is left to book and so many calls are known. */
async function booked(calls: number): Promise<void> {
  await service.until(async () => {
    const { not_booked_yet, priced_today } = await monthOf(MONTH);
    return not_booked_yet === null && priced_today.calls === calls;
  });
}

function post(url: string, path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

const tokens = ({ calls, input_uncached, output }: Sums) => [calls, input_uncached, output];
const told = ({ calls, input_uncached, output }: FeedTruth) => [calls, input_uncached, output];

const FIRST: Load = { seed: 3, traces: 60 };
const SECOND: Load = { seed: 5, traces: 60 };
/** The second again, and as much anew. */
const LATE: Load = { seed: 5, traces: 120 };
const LATEST: Load = { seed: 9, traces: 40 };
let frozen: PeriodAnswer;

test('two replicas freeze at once what a generator sent; the current month is refused', async () => {
  await Promise.all([send(service.url, FIRST), send(other.url, SECOND)]);
  const answers = await Promise.all(
    [service.url, other.url].map((url) => post(url, '/api/v1/periods', { month: MONTH })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  frozen = await monthOf(MONTH);
  expect(frozen).toMatchObject({ state: 'frozen', not_booked_yet: null });
  expect(tokens(frozen.used)).toEqual(told(truthOf(FIRST, SECOND)));
  const refused = await post(service.url, '/api/v1/periods', { month: THIS_MONTH });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ error: { code: 'month_not_over' } });
});

test('late spans become an adjustment of today, though a replica is killed meanwhile', async () => {
  const late = send(other.url, LATE);
  await send(service.url, LATEST);
  await service.killExporter();
  await service.startExporter();
  await late;
  const both = truthOf(FIRST, LATE, LATEST);
  await booked(both.calls);
  const after = await monthOf(MONTH);
  expect(after.used).toEqual(frozen.used);
  expect(tokens(after.priced_today)).toEqual(told(both));
  const whole = await bill(LAST_MS, Date.now());
  expect(tokens(whole.billed)).toEqual(told(both));
  expect(whole.billed.cost_usd).toBe(after.priced_today.cost_usd);
  const [month, rest] = [await bill(LAST_MS, THIS_MS), await bill(THIS_MS, Date.now())];
  expect(month.billed).toEqual(frozen.used);
  expect(rest.billed).toEqual(after.adjusted_later);
  expect(new Set(rest.adjustments.map((one) => one.month))).toEqual(new Set([MONTH]));
});

test('new prices are booked: recost says so before, and the bill follows exactly', async () => {
  const before = await monthOf(MONTH);
  await writeFile(join(folder, 'prices.yaml'), discount(60));
  const period = { from: instant(LAST_MS), to: instant(THIS_MS) };
  const dry = async (): Promise<string> => {
    const { frozen_months } = await recost({ ...period, dry_run: true });
    expect(frozen_months.map((one) => one.month)).toEqual([MONTH]);
    return String(frozen_months[0]?.after_usd);
  };
  await service.until(async () => (await dry()) !== before.priced_today.cost_usd);
  const foretold = await dry();
  await recost({ ...period, dry_run: false });
  const after = await monthOf(MONTH);
  expect(after).toMatchObject({ not_booked_yet: null, used: frozen.used, billed: frozen.billed });
  expect(after.priced_today.cost_usd).toBe(foretold);
  const { billed } = await bill(LAST_MS, Date.now());
  expect(billed).toEqual(after.priced_today);
});

interface RecostAnswer {
  readonly frozen_months: readonly { readonly month: string; readonly after_usd: string | null }[];
  readonly next: unknown;
}

/** One page is enough here. */
async function recost(body: object): Promise<RecostAnswer> {
  const response = await post(service.url, '/api/v1/recost', body);
  const answer = (await response.json()) as RecostAnswer;
  expect(response.status, JSON.stringify(answer)).toBe(200);
  expect(answer.next).toBeNull();
  return answer;
}
