// `spanledger doctor`: checks what surrounds the agent, then sends a probe span through each hop and
// names the one that fails, with the next step; with `--import`, looks into a project instead.

import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { SIGNS } from '../check-view.ts';
import type { Command, Context, Options } from '../command.ts';
import type { Coverage } from '../coverage.ts';
import type { Exit } from '../exit-code.ts';
import { walkHops } from '../hops.ts';
import { checkApiCopies, checkNode, checkVariables, good, type Check } from '../local-checks.ts';
import { loadEmbedded } from '../optional.ts';
import { parseSeconds } from '../period.ts';
import { withProgress } from '../progress.ts';
import { inspectProject } from '../project-inspection.ts';
import { renderProject } from '../project-view.ts';
import { Service } from '../service.ts';
import type { Terminal } from '../terminal.ts';
import { checkUnderstood } from '../understood.ts';

const NS_PER_MS = 1_000_000n;
const MS_PER_S = 1_000;
const NAME_WIDTH = 12;

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Send a probe span through each hop and name the one that fails, with the next step',
  arguments: [],
  options: [
    {
      flags: '--wait <seconds>',
      meaning: 'how long a hop may take',
      fallback: '15',
      parse: parseSeconds,
    },
    {
      flags: '--import [folder]',
      meaning: 'look into the project in this folder: what is recorded of it, what not, and why',
    },
    { flags: '--no-run', meaning: 'with --import: load none of its libraries, go by versions' },
  ],
  example: 'spanledger doctor --url http://127.0.0.1:4318\nspanledger doctor --import ./my-agent',
  run: async (context, _, options) => {
    if (options['import'] !== undefined) return lookInto(context, options);
    const { terminal, settings, env } = context;
    const local = [
      checkNode(process.version),
      await checkPlatform(context),
      checkVariables(env, settings.url),
      checkApiCopies(process.cwd()),
    ];
    const probe = {
      trace_id: randomBytes(16).toString('hex'),
      span_id: randomBytes(8).toString('hex'),
      end_ns: BigInt(Date.now()) * NS_PER_MS,
    };
    const service = new Service(settings);
    const limit_ms = Number(options['wait']) * MS_PER_S;
    const hops = await withProgress(terminal, 'the probe span is on its way', () =>
      walkHops({ service, probe, limit_ms }),
    );
    const arrives = hops.every(({ state }) => state === 'good');
    const last = '24h';
    const understood = arrives
      ? [checkUnderstood(await service.get<Coverage>('api/v1/coverage', { last }))]
      : [];
    const checks = [...local, ...hops, ...understood].map((check) => ({
      ...check,
      next_step: terminal.hint(check.next_step),
    }));
    terminal.print(
      settings.json
        ? JSON.stringify({ trace_id: probe.trace_id, checks }, null, 2)
        : checks.map((check) => renderCheck(terminal, check)).join('\n'),
    );
    return exitOf(checks);
  },
};

/** Asks for no service: what happens before a span leaves. */
async function lookInto({ terminal, settings, env }: Context, options: Options): Promise<Exit> {
  const given = options['import'];
  const folder = path.resolve(typeof given === 'string' ? given : '.');
  const limit_ms = Number(options['wait']) * MS_PER_S;
  const run = options['run'] !== false;
  const found = await withProgress(terminal, 'the libraries of the project are loaded', () =>
    inspectProject({ folder, run, limit_ms, env }),
  );
  const checks = found.map((check) => ({ ...check, next_step: terminal.hint(check.next_step) }));
  terminal.print(
    settings.json ? JSON.stringify({ folder, checks }, null, 2) : renderProject(terminal, checks),
  );
  return checks.some(({ state }) => state === 'bad') ? 'difference' : 'ok';
}

/** What this machine can do; the service may run elsewhere, on a ClickHouse of its own. */
async function checkPlatform({ env }: Context): Promise<Check> {
  if (env['CLICKHOUSE_URL']) return good('clickhouse', '"up" uses your own, from CLICKHOUSE_URL');
  try {
    const { currentPlatform, libraryPackage } = await loadEmbedded();
    const platform = currentPlatform();
    return good('clickhouse', `"up" can start its own here (${libraryPackage(platform)})`);
  } catch (error) {
    const next_step = 'needed only where the service runs; there, set CLICKHOUSE_URL';
    return { name: 'clickhouse', state: 'doubt', found: (error as Error).message, next_step };
  }
}

function renderCheck(terminal: Terminal, { name, state, found, next_step }: Check): string {
  const [sign, style] = SIGNS[state];
  const text = `${terminal.paint(style, sign)} ${name.padEnd(NAME_WIDTH)} ${found}`.trimEnd();
  if (next_step === '') return state === 'skipped' ? terminal.paint('quiet', text) : text;
  return `${text}\n  ${' '.repeat(NAME_WIDTH)} ${terminal.paint('quiet', 'next')}  ${next_step}`;
}

function exitOf(checks: readonly Check[]): Exit {
  const broken = checks.find(({ state }) => state === 'bad');
  if (!broken) return 'ok';
  if (broken.refused === true) return 'refused';
  return broken.name === 'reachable' ? 'unreachable' : 'difference';
}
