// One line per capture, for people; what is wrong or missing stands beneath it.

import { styleText } from 'node:util';
import type { Comparison } from './comparison.ts';

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<Comparison['result'], Style>> = {
  exact: 'green',
  less: 'yellow',
  contradiction: 'red',
};

export function lineOf(found: Comparison, coloured: boolean): string {
  const style = (how: Style, text: string): string => (coloured ? styleText(how, text) : text);
  const { counted, billed_usage_sent, calls } = found;
  const sums = `${counted.input ?? '?'}/${counted.output ?? '?'} of ${billed_usage_sent.input ?? 0}/${billed_usage_sent.output ?? 0}`;
  const head = style(STYLES[found.result], found.result.padEnd(13));
  const notes = [
    ...found.contradictions.map((text) => `\n    ${style('red', text)}`),
    ...found.missing.map((text) => `\n    ${style('dim', text)}`),
  ];
  return `${head} ${found.name}  ${sums}, calls ${calls.counted} of ${calls.served}${notes.join('')}`;
}

export function summaryOf(all: readonly Comparison[]): string {
  const of = (result: Comparison['result']): number =>
    all.filter((found) => found.result === result).length;
  const share = all.length === 0 ? '0' : ((100 * of('exact')) / all.length).toFixed(1);
  return `${all.length} captures: ${of('exact')} exact (${share} %), ${of('less')} carry less and say so, ${of('contradiction')} contradictions`;
}
