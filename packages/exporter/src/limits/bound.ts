// What a bound is: of a queue, a cache, a loop or a connection. The table of all of them is bounds.ts.

import type { MetricName } from '../metrics/metric-list.ts';
import type { SettingName } from '../settings/settings.ts';

export interface Bound {
  /** The name of its setting, or of what is bounded where no setting changes it. */
  readonly name: SettingName | string;
  /** Null where the setting has it. */
  readonly value: number | null;
  readonly unit: string;
  readonly beyond: string;
  /** The counter of what met the bound, or the gauge of how much there is; null: the answer tells. */
  readonly metric: MetricName | null;
  /** The value of the metric's label that tells of this bound. */
  readonly label?: string;
  /** Collections in the code that it bounds, as `file#field`. */
  readonly holds?: readonly string[];
}

type Rest = Pick<Bound, 'label' | 'holds'>;

/** Bounded by a setting. */
export function set(
  name: SettingName,
  unit: string,
  beyond: string,
  metric: MetricName | null,
  rest: Rest = {},
): Bound {
  return { name, value: null, unit, beyond, metric, ...rest };
}

/** Bounded by the code; `name` says what. */
export function fixed(
  name: string,
  [value, unit]: readonly [number, string],
  beyond: string,
  metric: MetricName | null,
  rest: Rest = {},
): Bound {
  return { name, value, unit, beyond, metric, ...rest };
}
