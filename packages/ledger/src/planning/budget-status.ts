// How a budget stands: what is spent of it, how fast it is spent now, and when nothing will be left.
// Amounts are whole numbers, of 10⁻¹² dollars or of tokens; what no call told is unknown, never nothing.

import type { LocalPeriod } from './local-period.ts';

/** What was used in a time. */
export interface Spending {
  readonly calls: number;
  /** Calls that are not in the amount, because nobody knows it. */
  readonly unknown_calls: number;
  /** Null where no call told any. */
  readonly amount: bigint | null;
}

export interface BurnWindow {
  readonly window_s: number;
  /** Null where nothing is known of it. */
  readonly spent: bigint | null;
  /** 1 uses up the whole budget in its whole period, 2 in half of it. */
  readonly rate: number | null;
}

export interface BudgetStatus {
  readonly calls: number;
  readonly unknown_calls: number;
  /** Of what is known; null where there are calls and none is known. */
  readonly spent: bigint | null;
  /** Less than nothing where more than the limit is spent. */
  readonly remaining: bigint | null;
  readonly used_share: number | null;
  readonly exhausted: boolean;
  readonly burn: readonly BurnWindow[];
  /** When nothing is left, at the pace of the longest window; null where it is not being used up. */
  readonly used_up_at_s: number | null;
  /** Whether that is before the period ends. */
  readonly used_up_early: boolean;
}

/** What is further away is no forecast. */
const HORIZON_S = 366n * 86_400n;
const SHARE_PLACES = 1_000_000n;

/** `windows`: seconds with what was used in them, up to now; the longest is last. */
export function budgetStatus(
  limit: bigint,
  { from_s, to_s }: LocalPeriod,
  now_s: number,
  used: Spending,
  windows: readonly (readonly [window_s: number, used: Spending])[],
): BudgetStatus {
  const spent = knownAmount(used);
  const remaining = spent === null ? null : limit - spent;
  const exhausted = remaining !== null && remaining <= 0n;
  const burn = windows.map(([window_s, within]) => {
    const amount = knownAmount(within);
    const rate =
      amount === null ? null : shareOf(amount * BigInt(to_s - from_s), limit * BigInt(window_s));
    return { window_s, spent: amount, rate };
  });
  const used_up_at_s = exhausted ? now_s : usedUpAt(remaining, burn.at(-1), now_s);
  return {
    calls: used.calls,
    unknown_calls: used.unknown_calls,
    spent,
    remaining,
    used_share: spent === null ? null : shareOf(spent, limit),
    exhausted,
    burn,
    used_up_at_s,
    used_up_early: used_up_at_s !== null && used_up_at_s < to_s,
  };
}

/** Nothing was used where there was no call. */
function knownAmount({ calls, amount }: Spending): bigint | null {
  return calls === 0 ? (amount ?? 0n) : amount;
}

function usedUpAt(
  remaining: bigint | null,
  window: BurnWindow | undefined,
  now_s: number,
): number | null {
  if (remaining === null || window === undefined) return null;
  if (window.spent === null || window.spent <= 0n) return null;
  const left_s = (remaining * BigInt(window.window_s)) / window.spent;
  return left_s > HORIZON_S ? null : now_s + Number(left_s);
}

/** To six places, from whole numbers of any size. */
function shareOf(part: bigint, whole: bigint): number {
  return whole <= 0n ? 0 : Number((part * SHARE_PLACES) / whole) / Number(SHARE_PLACES);
}
