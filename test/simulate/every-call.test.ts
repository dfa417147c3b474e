// Goal: whichever call to ClickHouse fails, and however, what was acknowledged is settled once and
// every level says the same. Method: the life of two stores on a real ClickHouse behind a proxy, in
// an organisation of its own each time; the Nth request is damaged and a few far from it, for every N,
// once so that nothing was done and once so that only the answer is lost.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startClickHouse, type EmbeddedClickHouse } from '@spanledger/embedded-clickhouse';
import { Block, bundledPriceBook, decodeTraces, settle } from '@spanledger/ledger';
import { openStore, type Store } from '@spanledger/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultyProxy, type Damage } from '../chaos/faulty-proxy.ts';
import { ERROR_CODES } from '../chaos/plan.ts';
import { TraceTemplates, type Part, type Piece } from '../chaos/trace-template.ts';

const TRACES = 3;
/** Children are there and settled before the root comes, and before a trace of its own does. */
const FIRST: readonly [number, Part][] = [
  [0, 'whole'],
  [1, 'children'],
  [2, 'root'],
];
const LATER: readonly [number, Part][] = [
  [1, 'root'],
  [2, 'children'],
  [0, 'whole'],
];
const TABLES = ['otel_traces', 'genai_facts'] as const;
const ATTEMPTS_MAX = 5;
const DAMAGED_PER_LIFE = 4;
const HOUR_S = 3_600;
/** Fixed, and in one hour. */
const START_S = 1_795_000_000 - (1_795_000_000 % HOUR_S);

const templates = new TraceTemplates(1);
const book = bundledPriceBook();
const settleReally = (facts: Parameters<typeof settle>[0]) => settle(facts, book);

let folder: string;
let clickhouse: EmbeddedClickHouse;
let proxy: FaultyProxy;
let plain: Store;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spanledger-simulate-'));
  clickhouse = await startClickHouse({ path: folder });
  proxy = await FaultyProxy.start(() => clickhouse.httpPort);
  plain = openStore({ url: clickhouse.url });
  await plain.migrate();
});

afterAll(async () => {
  await plain.close();
  await proxy.stop();
  await clickhouse.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As the loops of the service do: a job that fails is done again. */
async function again<T>(job: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await job();
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

/** Stores spans as a block; the token stays the same when it is sent again. */
async function insert(store: Store, org_id: string, spans: typeof FIRST, token: string) {
  const block = new Block();
  const touched = spans.flatMap(([first, part]) => {
    const start_ns = String(BigInt(START_S + 60 * first) * 1_000_000_000n);
    const piece: Piece = { id: 0, first, traces: 1, part, start_ns };
    const bytes = templates.bytesOf(piece);
    return decodeTraces({ bytes, length: bytes.length, encoding: 'protobuf' }, block, { org_id })
      .touched;
  });
  for (const table of TABLES) {
    await again(() => store.insertBlock(table, block.parts(table), `${token}-${org_id}`));
  }
  return touched.map((trace) => ({ ...trace, org_id }));
}

async function rollUps(store: Store): Promise<void> {
  for (const level of ['minute', 'hour', 'day'] as const) await again(() => store.rollUp(level));
}

/** One store takes spans and settles them; another, that was told nothing, finds the later ones. */
async function life(org_id: string): Promise<void> {
  const one = openStore({ url: proxy.url });
  const other = openStore({ url: proxy.url });
  try {
    const dirty = await insert(one, org_id, FIRST, 'first');
    await again(() => one.settle(dirty, settleReally));
    await rollUps(one);
    await insert(one, org_id, LATER, 'later');
    const begun = await again(() => other.serverTime());
    const since = await again(() => other.watermark('settle'));
    const { traces } = await again(() => other.dirtySince(since));
    const own = traces.filter((trace) => trace.org_id === org_id);
    await again(() => other.settle(own, settleReally));
    await again(() => other.setWatermark('settle', begun));
    await rollUps(other);
  } finally {
    await one.close();
    await other.close();
  }
}

/** Every column that follows from the spans alone, of each level, by organisation. */
const LEVELS: Readonly<Record<string, string>> = {
  otel_traces: 'OrgId, IngestedAt',
  ledger: 'org_id, settled_at, written_at, fingerprint',
  executions: 'org_id, settled_at, written_at, fingerprint',
  usage_minute: 'org_id, version',
  usage_hour: 'org_id, version',
  usage_day: 'org_id, version',
};

/** Rows and a sum of their contents, the same for organisations that have the same. */
async function contents(): Promise<Map<string, unknown>> {
  const all = new Map<string, Record<string, string>>();
  for (const [level, others] of Object.entries(LEVELS)) {
    const query = `
      SELECT ${level === 'otel_traces' ? 'OrgId' : 'org_id'} AS org, count() AS n,
        sum(cityHash64(toString(tuple(* EXCEPT (${others}))))) AS content
      FROM spanledger.${level} FINAL GROUP BY org FORMAT TSV`;
    const answer = await fetch(clickhouse.url, { method: 'POST', body: query });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    for (const line of text.trimEnd().split('\n')) {
      const [org = '', rows = '', content = ''] = line.split('\t');
      all.set(org, { ...all.get(org), [level]: `${rows} rows, ${content}` });
    }
  }
  return all;
}

/** Every `distance`th call from the `first` on is damaged, so that a run of all is not too long. */
async function damagedLife(
  org_id: string,
  first: number,
  distance: number,
  kinds: readonly Damage[],
): Promise<void> {
  let calls = 0;
  const choose = (): Damage | null => {
    calls++;
    return calls % distance === first % distance ? (kinds[calls % kinds.length] ?? null) : null;
  };
  proxy.choosers.add(choose);
  try {
    await life(org_id);
  } finally {
    proxy.choosers.delete(choose);
  }
}

/** The classes take turns, so that each meets many of the calls. */
const NOTHING_DONE: readonly Damage[] = [
  { kind: 'refused' },
  { kind: 'cut' },
  ...ERROR_CODES.map((error): Damage => ({ kind: 'error', ...error, done: false })),
];
const ANSWER_LOST: readonly Damage[] = [
  { kind: 'answer_lost' },
  ...ERROR_CODES.map((error): Damage => ({ kind: 'error', ...error, done: true })),
];

describe('a life of two stores', () => {
  let calls = 0;
  let truth: unknown;

  test('without a fault has every span once', async () => {
    const before = proxy.requests;
    await life('plain');
    calls = proxy.requests - before;
    truth = (await contents()).get('plain');
    const spans = expect.stringMatching(`^${TRACES * 8} rows, `);
    expect(truth).toMatchObject({ otel_traces: spans, ledger: spans });
    const period = { org: 'plain', from_s: START_S, to_s: START_S + HOUR_S };
    const [usage] = await plain.ask('usage', { ...period, by: [] });
    const expected = { calls: 0, input_uncached: 0, output: 0 };
    for (let trace = 0; trace < TRACES; trace++) {
      const own = templates.truthOf(trace);
      for (const name of ['calls', 'input_uncached', 'output'] as const)
        expected[name] += own[name];
    }
    const { input_uncached, output } = expected;
    expect(usage).toMatchObject({ calls: expected.calls, tokens: { input_uncached, output } });
  });

  test.each([
    ['is not done', 'undone', NOTHING_DONE],
    ['is done and its answer lost', 'lost', ANSWER_LOST],
  ])(
    'when call N %s, for every N',
    async (_, name, kinds) => {
      expect(calls).toBeGreaterThan(40);
      const distance = Math.ceil(calls / DAMAGED_PER_LIFE);
      for (let first = 1; first <= distance; first++) {
        await damagedLife(`${name}-${first}`, first, distance, kinds);
      }
      const found = await contents();
      for (let first = 1; first <= distance; first++) {
        const what = `calls ${first}, ${first + distance}, … ${name}`;
        expect(found.get(`${name}-${first}`), what).toEqual(truth);
      }
    },
    1_800_000,
  );
});
