// The way of a span, hop by hop: each is tried with a probe span, and the first that fails ends the
// walk, because the ones behind it cannot work.

import type { LedgerAnswer } from './answers.ts';
import { failureOf, type Failure } from './failure.ts';
import type { Freshness } from './freshness.ts';
import { duration, plural } from './figures.ts';
import { good, type Check } from './local-checks.ts';
import { PROBE_TOOL, probeRequest, type Probe } from './probe.ts';
import type { Service } from './service.ts';

interface Walk {
  readonly service: Service;
  readonly probe: Probe;
  /** How long a hop may take. */
  readonly limit_ms: number;
}

interface Hop {
  readonly name: string;
  /** What was found; throws with what is wrong. */
  readonly run: (walk: Walk) => Promise<string>;
  readonly next_step: string;
}

const POLL_MS = 100;

/** A hop that does not do its part. */
class Broken extends Error {}

const HOPS: readonly Hop[] = [
  {
    name: 'reachable',
    run: async ({ service }) => {
      const { status } = await service.send('healthz', { method: 'GET' });
      if (status !== 200) throw new Broken(`${service.address}/healthz answered ${status}`);
      return service.address;
    },
    next_step: 'check that --url names a Spanledger service, and no proxy answers for it',
  },
  {
    name: 'ready',
    run: async ({ service }) => {
      const { status, text } = await service.send('readyz', { method: 'GET' });
      if (status !== 200) throw new Broken(reasonsOf(text));
      return 'ClickHouse answers';
    },
    next_step: 'look at the log of the service; check CLICKHOUSE_URL and that ClickHouse runs',
  },
  {
    name: 'accepted',
    run: async (walk) => {
      const answer = await walk.service.post<{ partialSuccess?: unknown }>(
        'v1/traces',
        probeRequest(walk.probe),
      );
      if (answer.partialSuccess) throw new Broken(JSON.stringify(answer.partialSuccess));
      return 'OTLP over HTTP';
    },
    next_step: 'check that the key may send (role ingest)',
  },
  {
    name: 'stored',
    run: async (walk) => {
      await until(walk, ({ ingested_ns }) => ingested_ns);
      return 'in ClickHouse';
    },
    next_step: 'check that the key may read, and the log of the service for failed inserts',
  },
  {
    name: 'settled',
    run: async (walk) => {
      await until(walk, ({ settled_ns }) => settled_ns);
      return 'in the ledger';
    },
    next_step: 'look at spanledger_settle_lag_seconds at /metrics, and the log of the service',
  },
  {
    name: 'rolled up',
    run: async (walk) => {
      const { freshness_ms } = await until(walk, ({ rolled_up_ns }) => rolled_up_ns);
      return `${duration(freshness_ms)} after its end`;
    },
    next_step: 'look at the log of the service for failed roll-ups; then "spanledger verify"',
  },
  {
    name: 'read back',
    run: async (walk) => {
      const { service, probe } = walk;
      const { rows } = await service.get<{ rows: LedgerAnswer[] }>(
        `api/v1/traces/${probe.trace_id}`,
      );
      const [row] = rows;
      if (rows.length !== 1 || row?.tool_name !== PROBE_TOOL || row.span_id !== probe.span_id) {
        throw new Broken(`${plural(rows.length, 'row')}, not the one that was sent`);
      }
      return 'as it was sent';
    },
    next_step: 'run "spanledger verify"; please report it if it finds no difference',
  },
];

export async function walkHops(walk: Walk): Promise<Check[]> {
  const checks: Check[] = [];
  let broken = false;
  for (const { name, run, next_step } of HOPS) {
    if (broken) {
      checks.push({ name, state: 'skipped', found: '', next_step: '' });
      continue;
    }
    try {
      checks.push(good(name, await run(walk)));
    } catch (error) {
      broken = true;
      const failure = failureOf(error);
      if (failure.exit === 'refused') {
        checks.push(...refusal(name, failure));
        continue;
      }
      checks.push({
        name,
        state: 'bad',
        found: failure.message,
        next_step: error instanceof Broken ? next_step : failure.next_step,
      });
    }
  }
  return checks;
}

/** The key may send or it may read: what it may not do says nothing about the hop. */
function refusal(hop: string, { message, next_step }: Failure): Check[] {
  if (hop === 'accepted') {
    return [{ name: hop, state: 'bad', found: message, next_step, refused: true }];
  }
  const found = `the key cannot read: nothing behind "accepted" can be seen (${message})`;
  const use = 'use a key with the role read or admin';
  return [
    { name: hop, state: 'skipped', found: '', next_step: '' },
    { name: 'key', state: 'bad', found, next_step: use, refused: true },
  ];
}

async function until(
  { service, probe, limit_ms }: Walk,
  reached: (freshness: Freshness) => unknown,
): Promise<Freshness> {
  const deadline = performance.now() + limit_ms;
  while (performance.now() < deadline) {
    const freshness = await freshnessOf(service, probe.trace_id);
    if (freshness && reached(freshness)) return freshness;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Broken(`not within ${limit_ms / 1000} s`);
}

/** Null while the service does not know the trace. */
async function freshnessOf(service: Service, trace_id: string): Promise<Freshness | null> {
  try {
    return await service.get<Freshness>('api/v1/freshness', { trace_id });
  } catch (error) {
    if (failureOf(error).exit === 'not_found') return null;
    throw error;
  }
}

function reasonsOf(text: string): string {
  try {
    const { reasons } = JSON.parse(text) as { reasons?: string[] };
    return reasons?.join(', ') ?? text;
  } catch {
    return text.slice(0, 200);
  }
}
