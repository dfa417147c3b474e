// Alerts and their rules as people see them.

import { nothing } from './empty-answer.ts';
import { money, UNKNOWN } from './figures.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Style, Terminal } from './terminal.ts';

export interface AlertAnswer {
  readonly rule: string;
  readonly question: string;
  readonly subject: string | null;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly state: 'firing' | 'resolved';
  readonly value: string | null;
  readonly threshold: string;
  readonly evidence: string;
  readonly began_at: string;
  readonly resolved_at: string | null;
  readonly firing_message: string;
  readonly resolved_message: string;
  readonly attempts: number;
}

export interface RuleAnswer {
  readonly name: string;
  readonly question: string;
  readonly subject: string | null;
  readonly threshold: string;
  readonly unit: string;
  readonly window_s: number;
  readonly for_s: number;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly enabled: boolean;
  readonly meaning: string;
  readonly standard: boolean;
}

const STYLES: Readonly<Record<AlertAnswer['severity'], Style>> = {
  info: 'quiet',
  warning: 'doubt',
  critical: 'bad',
};

const ALERTS: readonly TableColumn<AlertAnswer>[] = [
  {
    title: 'state',
    align: 'left',
    text: ({ state }) => state,
    style: ({ state, severity }) => (state === 'firing' ? STYLES[severity] : 'quiet'),
  },
  { title: 'rule', align: 'left', text: ({ rule }) => rule, style: () => 'heading', shrink_to: 10 },
  { title: 'of', align: 'left', text: ({ subject }) => subject ?? '', shrink_to: 8 },
  {
    title: 'evidence',
    align: 'left',
    text: ({ evidence }) => evidence,
    beneath: () => '  ',
  },
  { title: 'since (UTC)', align: 'left', text: ({ began_at }) => minute(began_at) },
  {
    title: 'until',
    align: 'left',
    text: ({ resolved_at }) => (resolved_at === null ? '' : minute(resolved_at)),
    drop: 1,
  },
  { title: 'told', align: 'left', text: toldOf, drop: 2 },
];

const RULES: readonly TableColumn<RuleAnswer>[] = [
  { title: 'rule', align: 'left', text: ({ name }) => name, style: () => 'heading', shrink_to: 10 },
  { title: 'of', align: 'left', text: ({ subject }) => subject ?? 'each', shrink_to: 8 },
  { title: 'above', align: 'right', text: thresholdOf },
  { title: 'in', align: 'right', text: ({ window_s }) => timeOf(window_s) },
  { title: 'for', align: 'right', text: ({ for_s }) => timeOf(for_s) },
  {
    title: 'severity',
    align: 'left',
    text: ({ severity, enabled }) => (enabled ? severity : 'off'),
    style: ({ severity, enabled }) => (enabled ? STYLES[severity] : 'quiet'),
  },
  { title: 'meaning', align: 'left', text: ({ meaning }) => meaning, beneath: () => '  ' },
];

export function renderAlerts(terminal: Terminal, alerts: readonly AlertAnswer[]): string {
  if (alerts.length === 0) {
    const next = 'what is looked at: "spanledger alerts rules"';
    return nothing(terminal, 'Nothing is out of the ordinary,', 'and nothing was', next);
  }
  return renderTable(terminal, ALERTS, alerts);
}

export function renderRules(terminal: Terminal, rules: readonly RuleAnswer[]): string {
  return renderTable(terminal, RULES, rules);
}

function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

function toldOf({ firing_message, resolved_message, attempts }: AlertAnswer): string {
  const last = resolved_message === 'none' ? firing_message : resolved_message;
  if (last === 'none') return UNKNOWN;
  return attempts > 0 ? `${last}, tried ${attempts} times` : last;
}

function thresholdOf({ threshold, unit }: RuleAnswer): string {
  if (unit === 'usd') return money(threshold);
  if (unit === 'share') return `${Number(threshold) * 100} %`;
  return unit === 'seconds' ? timeOf(Number(threshold)) : `${threshold} ${unit}`;
}

function timeOf(time_s: number): string {
  if (time_s >= 86_400 && time_s % 86_400 === 0) return `${time_s / 86_400} d`;
  if (time_s >= 3_600 && time_s % 3_600 === 0) return `${time_s / 3_600} h`;
  return time_s >= 60 && time_s % 60 === 0 ? `${time_s / 60} min` : `${time_s} s`;
}
