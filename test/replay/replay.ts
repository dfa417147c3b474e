// From a folder of recordings to what became of each exchange.

import type { Comparison } from './comparison.ts';
import { compare } from './comparison.ts';
import { readRecordings, type Exchange, type Recordings } from './exchange.ts';
import { planOf, type Caller, type Plan } from './plan.ts';
import { makeAll, type Job, type Runs } from './runs.ts';
import { sdkFor } from './sdks.ts';

export interface Replayed {
  readonly comparisons: readonly Comparison[];
  /** By the number of the exchange. */
  readonly made: Runs['made'];
  readonly unreadable: Recordings['unreadable'];
  /** What went wrong beside the exchanges. */
  readonly problems: readonly string[];
}

export interface ReplayOptions {
  /** The project's folder. */
  readonly root: string;
  /** Of the places where bodies are cut. */
  readonly seed: number;
  /** Whether a file is replayed. */
  readonly takes?: (file: string) => boolean;
  /** Folders of sdks/ that go before newer ones of the same client. */
  readonly sdks?: readonly string[];
}

export async function replay(folder: string, options: ReplayOptions): Promise<Replayed> {
  const { exchanges: all, unreadable } = readRecordings(folder);
  const exchanges = all.filter(({ file }) => options.takes?.(file) ?? true);
  const plans = new Map(exchanges.map((exchange) => [exchange, planOf(exchange)]));
  const jobs = jobsOf(plans, options);
  const { made, problems } = await makeAll(jobs, options.seed, options.root);
  const comparisons = exchanges.map((exchange) => {
    const plan = plans.get(exchange) as Plan;
    const job = jobs.find((one) => plan.kind !== 'not_made' && one.caller === plan.caller);
    return compare(exchange, plan, job?.sdk.name ?? '', made.get(exchange.number) ?? null);
  });
  return { comparisons, made, unreadable, problems: [...problems, ...missing(plans, jobs)] };
}

/** What was not measured may not look like a good result. */
function missing(plans: ReadonlyMap<Exchange, Plan>, jobs: readonly Job[]): readonly string[] {
  const wanted = new Set(
    [...plans.values()].flatMap((plan) => ('caller' in plan ? plan.caller : [])),
  );
  const there = new Set(jobs.map(({ caller }) => caller));
  return [...wanted]
    .filter((caller) => !there.has(caller))
    .map(
      (caller) => `${caller}: no client for it is installed below sdks/, or it needs a newer Node`,
    );
}

function jobsOf(
  plans: ReadonlyMap<Exchange, Plan>,
  { root, sdks = [] }: ReplayOptions,
): readonly Job[] {
  const byCaller = new Map<Caller, Exchange[]>();
  for (const [exchange, plan] of plans) {
    if (plan.kind === 'not_made') continue;
    const known = byCaller.get(plan.caller);
    if (known === undefined) byCaller.set(plan.caller, [exchange]);
    else known.push(exchange);
  }
  return [...byCaller].flatMap(([caller, exchanges]) => {
    const sdk = sdkFor(caller, root, sdks);
    return sdk === null ? [] : [{ caller, sdk, exchanges }];
  });
}
