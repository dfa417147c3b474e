// Whether the REST API answers what the minutes hold: the last level of a verification. The answer may
// be put together of minutes, hours and days; the minutes alone are what it must equal.

import type { Difference, VerifyPeriod } from '@spanledger/store';
import { json } from './json.ts';
import type { Stages } from '../stages.ts';
import { usageAnswer, usageReport, type UsageAnswer } from './usage-report.ts';

/** More models than that in one period are not told by one answer. */
const MODELS_MAX = 10_000;
const MINUTE_S = 60;

/** What stands after a second look: both are asked one after the other, while spans arrive. */
export async function verifyRest(
  stages: Stages,
  period: VerifyPeriod,
): Promise<readonly Difference[]> {
  const first = await restDifferences(stages, period);
  if (first.length === 0) return first;
  await stages.catchUp();
  const seen = new Set(first.map((one) => JSON.stringify(one)));
  return (await restDifferences(stages, period)).filter((one) => seen.has(JSON.stringify(one)));
}

/** One look. */
export async function restDifferences(stages: Stages, period: VerifyPeriod): Promise<Difference[]> {
  const { org_id, to_s } = period;
  const from_s = period.from_s - (period.from_s % MINUTE_S);
  const { rows } = await usageReport(
    stages,
    { org: org_id, from_s, to_s },
    ['model'],
    MODELS_MAX,
    undefined,
  );
  if (rows.length >= MODELS_MAX) return [];
  const sums = await stages.store.minuteSums({ org_id, from_s, to_s });
  const expected = new Map(sums.map((row) => usageAnswer(row, null)).map(byModel));
  const found = new Map(rows.map(byModel));
  const differences: Difference[] = [];
  for (const model of new Set([...expected.keys(), ...found.keys()])) {
    const [left, right] = [expected.get(model), found.get(model)];
    for (const what of Object.keys(left ?? right ?? {})) {
      const pair = { expected: textOf(left?.[what]), found: textOf(right?.[what]) };
      if (pair.expected === pair.found) continue;
      differences.push({
        ...{ level: 'rest', org_id, where: `GET /api/v1/usage?by=model ${model}`, what, ...pair },
        cause:
          'the answer is put together of days, hours and minutes: one of them, or a view, differs',
      });
    }
  }
  return differences;
}

function byModel(row: UsageAnswer): [string, UsageAnswer] {
  return [String(row['model']), row];
}

function textOf(value: unknown): string {
  return value === undefined ? 'no row' : json(value);
}
