// `npm run chaos -- --minutes N --seed S`: the product under load while everything around it fails.
// Exit code 1 when a span was lost or doubled, a sum is not the truth, or a process ended by itself.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FAULTS } from './plan.ts';
import { runChaos } from './run.ts';

const NAME_WIDTH = Math.max(...Object.keys(FAULTS).map((name) => name.length));
const HELP = `npm run chaos -- [--minutes N] [--seed S] [--rate N] [--json FILE] [--keep]

One ClickHouse, two exporters whose clocks differ by minutes, and two senders run as processes while
everything fails that can. After each ten minutes of load all is let arrive and settle, and what is
stored is held to the truth; at the end everything once more.

  --minutes  of load; the checks come on top (default 2)
  --seed     the same seed makes the same spans and the same plan of faults (default 1)
  --rate     spans a second that are offered (default 3500)
  --json     writes the result there
  --keep     leaves the data and the logs in place; after a finding they stay anyway

Example: npm run chaos -- --minutes 60 --seed 7 --json chaos.json

Faults
${Object.entries(FAULTS)
  .map(([name, meaning]) => `  ${name.padEnd(NAME_WIDTH)}  ${meaning}`)
  .join('\n')}

Exit code 1: a span was lost or doubled, a sum or a derived row is not the truth, an exporter ended by
itself, or an answer told a sender to drop what could be stored later. 2: wrong use.`;

const values = readOptions();

if (values.help) console.log(HELP);
else process.exitCode = await chaos();

async function chaos(): Promise<number> {
  const begun = performance.now();
  const report = await runChaos({
    minutes: positive(values.minutes, 2),
    seed: positive(values.seed, 1),
    spans_per_second: positive(values.rate, 3_500),
    keep: values.keep ?? false,
    say: (line) => {
      const seconds = Math.round((performance.now() - begun) / 1_000);
      process.stderr.write(`chaos ${String(seconds).padStart(5)} s  ${line}\n`);
    },
  });
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  console.log(report.summary());
  return report.good ? 0 : 1;
}

function positive(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text !== '' && Number.isFinite(value) && value > 0) return value;
  return wrongUse(`cannot use "${text}": expected a number above 0`);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        ...{ minutes: { type: 'string' }, seed: { type: 'string' }, rate: { type: 'string' } },
        ...{ json: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } },
      },
    }).values;
  } catch (error) {
    return wrongUse((error as Error).message);
  }
}

function wrongUse(words: string): never {
  console.error(`${words}; see npm run chaos -- --help`);
  process.exit(2);
}
