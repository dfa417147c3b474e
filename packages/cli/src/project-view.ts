// What was found in a project, section by section, each line within the terminal's width.

import { SIGNS } from './check-view.ts';
import type { ProjectCheck } from './project-inspection.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

const NAME_WIDTH_MAX = 34;
const SIGN_WIDTH = 2;
const NEXT = 'next  ';
const WIDEST = 120;

export function renderProject(terminal: Terminal, checks: readonly ProjectCheck[]): string {
  const sections = [...new Set(checks.map(({ section }) => section))];
  const blocks = sections.map((section) => {
    const those = checks.filter((check) => check.section === section);
    const width = Math.max(...those.map(({ name }) => Math.min(name.length, NAME_WIDTH_MAX)));
    const lines = those.map((check) => renderLine(terminal, check, width));
    return [terminal.paint('heading', section), ...lines].join('\n');
  });
  return [...blocks, summary(terminal, checks)].join('\n\n');
}

function renderLine(terminal: Terminal, check: ProjectCheck, width: number): string {
  const { name, state, found, next_step } = check;
  const [sign, style] = SIGNS[state];
  const indent = ' '.repeat(SIGN_WIDTH + width + 1);
  const room = Math.min(terminal.width, WIDEST) - indent.length;
  const [first = '', ...rest] = wrap(found, room);
  const shown = state === 'skipped' ? (text: string) => terminal.paint('quiet', text) : String;
  const head =
    name.length > width
      ? `${terminal.paint(style, sign)} ${name}\n${indent}${shown(first)}`
      : `${terminal.paint(style, sign)} ${name.padEnd(width)} ${shown(first)}`;
  const lines = [head, ...rest.map((line) => indent + shown(line))];
  if (next_step === '') return lines.join('\n');
  const steps = wrap(next_step, room - NEXT.length).map((line, place) =>
    place === 0
      ? `${indent}${terminal.paint('quiet', NEXT)}${line}`
      : `${indent}${' '.repeat(NEXT.length)}${line}`,
  );
  return [...lines, ...steps].join('\n');
}

function summary(terminal: Terminal, checks: readonly ProjectCheck[]): string {
  const count = (state: ProjectCheck['state']): number =>
    checks.filter((check) => check.state === state).length;
  const hooked = checks.filter(
    ({ section, state }) => section === 'libraries' && state === 'good',
  ).length;
  const wrong = count('bad');
  const sum = `${hooked} ${hooked === 1 ? 'library' : 'libraries'} recorded, ${wrong} wrong, ${count('doubt')} to look at`;
  return terminal.paint(wrong > 0 ? 'bad' : 'good', sum);
}
