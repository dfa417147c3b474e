// A forecast as people see it: the number never without its interval and its error.

import { count, money, plural, UNKNOWN } from './figures.ts';
import { labelledLine, type Part } from './labelled-line.ts';
import type { Terminal } from './terminal.ts';

/** Amounts are dollars as decimal text or whole tokens, as `unit` says. */
export interface ForecastAnswer {
  readonly month: string;
  readonly unit: 'usd' | 'tokens';
  readonly scope: string;
  readonly subject: string | null;
  readonly calls: number;
  readonly unknown_calls: number;
  readonly spent: string | null;
  readonly total: string | null;
  readonly low: string | null;
  readonly high: string | null;
  readonly interval: number;
  readonly error_share: number | null;
  readonly naive_error_shares: Readonly<Record<string, number>> | null;
  readonly tried: number;
}

const METHODS: Readonly<Record<string, string>> = {
  last_period: 'as much as last month',
  run_rate: 'on as until now',
  last_week: 'each day as a week before',
};

export function renderForecast(terminal: Terminal, answer: ForecastAnswer): string {
  const { month, subject, scope, calls, unknown_calls } = answer;
  const amount = (text: string | null): string =>
    answer.unit === 'usd' ? money(text) : text === null ? UNKNOWN : `${count(text)} tokens`;
  const line = (label: string, ...parts: Part[]) => labelledLine(terminal, label, parts);
  const lines = [
    line('Month', { text: month }, { text: subject === null ? scope : `${scope} ${subject}` }),
    line('So far', { text: amount(answer.spent), style: 'money' }, { text: plural(calls, 'call') }),
  ];
  if (unknown_calls > 0) {
    lines.push(
      line('Unknown', { text: `${plural(unknown_calls, 'call')} in no number`, style: 'doubt' }),
    );
  }
  if (answer.total === null) {
    return [...lines, line('Forecast', { text: 'too few days are known', style: 'quiet' })].join(
      '\n',
    );
  }
  const between = `${amount(answer.low)} to ${amount(answer.high)} in 4 of 5 cases`;
  lines.push(line('Forecast', { text: amount(answer.total), style: 'money' }, { text: between }));
  lines.push(...errorLines(answer, line));
  return lines.join('\n');
}

function errorLines(
  { error_share, naive_error_shares, tried }: ForecastAnswer,
  line: (label: string, ...parts: Part[]) => string,
): string[] {
  if (error_share === null || naive_error_shares === null) {
    return [line('Error', { text: 'not measured: too few days are known', style: 'quiet' })];
  }
  const others = Object.entries(naive_error_shares).map(([method, share]): Part => {
    return { text: `${METHODS[method] ?? method} ${percent(share)}`, style: 'quiet' };
  });
  return [
    line('Error', {
      text: `${percent(error_share)} on average, in ${tried} trials on days that are known`,
    }),
    line('Naive', ...others),
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
