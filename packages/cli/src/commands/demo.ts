// `spanledger demo`: a real agent program, watched, settled and shown; then it stays up to look around.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command, Context, Options } from '../command.ts';
import type { Exit } from '../exit-code.ts';
import { runDemo, type DemoResult } from '../demo-run.ts';
import { renderDemo } from '../demo-view.ts';
import { DATA_OPTION, exporterEnvironment, PORT_OPTION } from '../exporter-options.ts';
import { Failure } from '../failure.ts';
import { loadExporter } from '../optional.ts';
import { renderPlaces } from '../places.ts';
import { withProgress } from '../progress.ts';
import type { Environment } from '../settings.ts';
import { listenForSignals, untilAborted } from '../signals.ts';

export const demoCommand: Command = {
  name: 'demo',
  summary: 'Run a real agent program, print what it cost, and stay up to look around',
  arguments: [],
  options: [
    { flags: '--once', meaning: 'end after printing; data goes to a temporary directory' },
    { flags: '--live', meaning: 'ask the providers themselves, with your keys, and cheap models' },
    PORT_OPTION,
    DATA_OPTION,
  ],
  example: 'spanledger demo --once',
  run: async (context, _, options) => {
    if (options['live'] === true) requireKeys(context.env);
    if (options['once'] !== true) return watch(context, options);
    const folder = await mkdtemp(path.join(tmpdir(), 'spanledger-demo-'));
    try {
      return await watch(context, { port: 0, data: folder, ...options });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function watch(context: Context, options: Options): Promise<Exit> {
  const { terminal, settings } = context;
  const { readConfig, startExporter } = await loadExporter();
  const env = demoEnvironment(context.env, options);
  const config = readConfig(env);
  const signals = listenForSignals();
  const exporter = await withProgress(terminal, 'starting ClickHouse and the exporter', () =>
    startExporter(config),
  );
  try {
    if (exporter.port !== config.port && config.port !== 0) {
      terminal.note(`Port ${config.port} is taken; using ${exporter.port}.`);
    }
    const live = options['live'] === true;
    const result = await runDemo({ terminal, env, exporter, live, asked: signals.asked });
    print(context, result);
    if (options['once'] === true) return 'ok';
    const { clickhouse_url, play_url, url } = exporter;
    const data_dir = config.clickhouse.url === '' ? path.resolve(config.data_dir) : null;
    if (!settings.json) {
      terminal.print(`\n${renderPlaces(terminal, { url, clickhouse_url, play_url, data_dir })}`);
      terminal.note(terminal.paint('quiet', '\nStill running. Ctrl-C stops it.'));
    }
    await untilAborted(signals.asked);
    return 'ok';
  } catch (error) {
    if (signals.asked.aborted) return 'interrupted';
    throw error;
  } finally {
    await withProgress(terminal, 'stopping', () => exporter.stop());
    signals.release();
  }
}

function print({ terminal, settings }: Context, result: DemoResult): void {
  terminal.print(settings.json ? JSON.stringify(result, null, 2) : renderDemo(terminal, result));
}

/** A demo is open to this machine only, says nothing unless something is wrong, and finds a port. */
function demoEnvironment(env: Environment, options: Options): Environment {
  return exporterEnvironment(
    {
      SPANLEDGER_LOG_LEVEL: 'error',
      ...env,
      SPANLEDGER_KEYS: '',
      SPANLEDGER_HOST: '',
      SPANLEDGER_PORT_FALLBACK: 'true',
    },
    options,
  );
}

function requireKeys(env: Environment): void {
  const missing = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'].filter((name) => !env[name]);
  if (missing.length === 0) return;
  throw new Failure(
    'wrong_use',
    'missing_key',
    `cannot ask the providers: ${missing.join(' and ')} not set`,
    'set the keys, or leave out --live to replay recorded answers',
  );
}
