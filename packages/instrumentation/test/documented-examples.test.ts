// The examples of the pages about the manual interface run as they stand, and print and send what the
// page says.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runChild, startSink, type Event, type Span } from './child.ts';

const PAGES = new URL('../../../docs/instrumentation/', import.meta.url);

/** The first block of each kind: the program, and what comes of it. */
function readPage(name: string): { program: string; said: string } {
  const page = readFileSync(fileURLToPath(new URL(name, PAGES)), 'utf8');
  const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';
  return { program: block('js'), said: block('text') };
}

async function run(name: string) {
  const { program, said } = readPage(name);
  const sink = await startSink();
  const ended = await runChild('--input-type=module', ['--eval', program], {
    preload: 'register',
    sinkUrl: sink.url,
  });
  await sink.stop();
  return { ...ended, said, sink };
}

test.each(['agents.md', 'executions.md', 'usage-by-hand.md'])('%s: what arrives', async (name) => {
  const { err, code, said, sink } = await run(name);
  expect({ err, code }).toEqual({ err: '', code: 0 });
  const arrived = [...tree(sink.spans, ''), ...sink.events.map(line)].join('\n');
  expect(`${arrived}\n`).toBe(said);
});

test.each(['quality.md', 'counting.md'])('%s: what is printed', async (name) => {
  const { out, err, code, said } = await run(name);
  expect({ out, err, code }).toEqual({ out: said, err: '', code: 0 });
});

/** The spans below `parent`, indented, in the order of their names. */
function tree(spans: readonly Span[], parent: string): string[] {
  return spans
    .filter((span) => span.parent_span_id === parent)
    .map((span) => [told(span), span] as const)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([text, span]) => [text, ...tree(spans, span.span_id).map((each) => `  ${each}`)]);
}

function told({ name, attributes }: Span): string {
  const input = attributes['gen_ai.usage.input_tokens'];
  const output = attributes['gen_ai.usage.output_tokens'];
  if (input !== undefined) return `${name}: in ${String(input)}, out ${String(output)}`;
  const status = attributes['spanledger.status'];
  return status === undefined ? name : `${name}: ${String(status)}`;
}

function line({ name, body, attributes }: Event): string {
  const what = [body, attributes['spanledger.status']].find((each) => typeof each === 'string');
  const stage = name.includes('.stage') ? attributes['spanledger.stage'] : undefined;
  const end = stage ?? what;
  const event = `${name.replace('spanledger.execution.', '')} ${String(attributes['gen_ai.agent.name'])}`;
  return end === undefined ? event : `${event}: ${String(end)}`;
}
