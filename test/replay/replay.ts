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
}

export async function replay(folder: string, options: ReplayOptions): Promise<Replayed> {
  const { exchanges: all, unreadable } = readRecordings(folder);
  const exchanges = all.filter(({ file }) => options.takes?.(file) ?? true);
  const plans = new Map(exchanges.map((exchange) => [exchange, planOf(exchange)]));
  const jobs = jobsOf(plans, options.root);
  const { made, problems } = await makeAll(jobs, options.seed, options.root);
  const comparisons = exchanges.map((exchange) => {
    const plan = plans.get(exchange) as Plan;
    const job = jobs.find((one) => plan.kind !== 'not_made' && one.caller === plan.caller);
    return compare(exchange, plan, job?.sdk.name ?? '', made.get(exchange.number) ?? null);
  });
  return { comparisons, made, unreadable, problems };
}

function jobsOf(plans: ReadonlyMap<Exchange, Plan>, root: string): readonly Job[] {
  const byCaller = new Map<Caller, Exchange[]>();
  for (const [exchange, plan] of plans) {
    if (plan.kind === 'not_made') continue;
    const known = byCaller.get(plan.caller);
    if (known === undefined) byCaller.set(plan.caller, [exchange]);
    else known.push(exchange);
  }
  return [...byCaller].flatMap(([caller, exchanges]) => {
    const sdk = sdkFor(caller, root);
    return sdk === null ? [] : [{ caller, sdk, exchanges }];
  });
}
