// The rules of alerts as rows: what every organisation has unless it says otherwise, and what rules may ask.
// Panels and Grafana's rules read the same rows.

import type { AlertRule, StoredRule } from '@spanledger/store';

/** What a rule may ask, with what its value is and what a person should know. */
export const ALERT_QUESTIONS = {
  tool_share: { unit: 'share', meaning: 'share of model calls that were sent with tools' },
  tool_overhead: {
    unit: 'share',
    meaning: 'tokens of tool definitions and results as a share of input, as /api/v1/tools has it',
  },
  agent_share: { unit: 'share', meaning: "one agent's share of all tokens" },
  tool_spike: {
    unit: 'times',
    meaning: "one tool's calls, in times of its mean over the 24 windows before",
  },
  cost: { unit: 'usd', meaning: 'cost in the window, in dollars' },
  error_rate: { unit: 'share', meaning: 'share of model calls that failed' },
  silence: {
    unit: 'seconds',
    meaning: 'seconds since the last model call or run, where there were some in the window',
  },
  drift: {
    unit: 'differences',
    meaning: 'differences between what is stored and its facts that stood after a second look',
  },
  budget_used: { unit: 'share', meaning: 'share of a budget that is spent' },
  budget_burn: {
    unit: 'times',
    meaning: 'pace of a budget over 1 h and 6 h, the lower one; 1 uses it up in just its period',
  },
} as const;
export type AlertQuestion = keyof typeof ALERT_QUESTIONS;
export const ALERT_QUESTION_NAMES = Object.keys(ALERT_QUESTIONS) as [
  AlertQuestion,
  ...AlertQuestion[],
];

const HOUR_S = 3_600;
const DAY_S = 86_400;
const PICO = 1_000_000_000_000n;
const NANO_PER_UNIT = 1e9;

/** A number to nine places, as whole numbers of 10⁻¹². */
export function exact(value: number): bigint {
  return (BigInt(Math.round(value * NANO_PER_UNIT)) * PICO) / BigInt(NANO_PER_UNIT);
}

const rule = (
  question: AlertQuestion,
  threshold: number,
  window_s: number,
  for_s: number,
  severity: AlertRule['severity'],
  enabled = true,
): AlertRule => {
  const of = { name: question, question, subject: '' };
  return { ...of, threshold: exact(threshold), window_s, for_s, severity, enabled };
};

/** Cost and silence need a number that only their users know: they are off until one is set. */
export const STANDARD_RULES: readonly AlertRule[] = [
  rule('tool_share', 0.5, HOUR_S, 300, 'info'),
  rule('tool_overhead', 0.3, HOUR_S, 300, 'warning'),
  rule('agent_share', 0.6, HOUR_S, 300, 'info'),
  rule('tool_spike', 3, HOUR_S, 0, 'warning'),
  rule('error_rate', 0.1, 900, 120, 'critical'),
  rule('cost', 100, DAY_S, 0, 'critical', false),
  rule('silence', HOUR_S, DAY_S, 0, 'critical', false),
  rule('drift', 0, DAY_S, 0, 'critical'),
  rule('budget_used', 0.8, HOUR_S, 0, 'warning'),
  rule('budget_burn', 2, HOUR_S, 300, 'warning'),
];

/** The standard rules with an organisation's own in their place or beside them. */
export function rulesOf(own: readonly StoredRule[]): AlertRule[] {
  const names = new Set(own.map(({ name }) => name));
  return [...STANDARD_RULES.filter(({ name }) => !names.has(name)), ...own];
}
