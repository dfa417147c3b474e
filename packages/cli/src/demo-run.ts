// What the demo does: a service, a provider that replays, an agent in its own process; then it asks
// the service what it saw.

import type { Exporter } from '@spanledger/exporter';
import type { AgentEnd, Replay, ServedRequest } from '@spanledger/demo';
import type { LedgerAnswer, UsageAnswer } from './answers.ts';
import type { Coverage } from './coverage.ts';
import { Failure } from './failure.ts';
import { untilRolledUp } from './freshness.ts';
import { loadDemo } from './optional.ts';
import { withProgress } from './progress.ts';
import { Service } from './service.ts';
import type { Environment } from './settings.ts';
import type { Terminal } from './terminal.ts';

export const DIMENSIONS = ['agent', 'model', 'tool'] as const;

/** What `demo --json` prints. */
export interface DemoResult {
  readonly trace_id: string;
  /** What the provider answered; null with --live. */
  readonly served: readonly ServedRequest[] | null;
  readonly trace: readonly LedgerAnswer[];
  readonly usage: Readonly<Record<(typeof DIMENSIONS)[number], readonly UsageAnswer[]>>;
  readonly total: UsageAnswer;
  readonly coverage: Coverage;
  readonly freshness_ms: number;
}

export interface DemoOptions {
  readonly terminal: Terminal;
  readonly env: Environment;
  readonly exporter: Exporter;
  readonly live: boolean;
  readonly asked: AbortSignal;
}

const ROLLUP_LIMIT_MS = 30_000;

export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { startReplay } = await loadDemo();
  const replay = options.live ? null : await startReplay();
  // Earlier runs in the same directory are not part of what is shown.
  const from = new Date().toISOString();
  try {
    await runAgent(options, replay);
    return await withProgress(options.terminal, 'waiting for the rollup', () =>
      collect(options, replay, from),
    );
  } finally {
    await replay?.stop();
  }
}

async function runAgent(options: DemoOptions, replay: Replay | null): Promise<void> {
  const { startAgent } = await loadDemo();
  const { terminal, env, exporter, asked } = options;
  const end = await withProgress(terminal, 'the agent is at work', () =>
    startAgent({
      env,
      replay_url: replay?.url ?? null,
      otlp_url: exporter.url,
      signal: asked,
    }),
  );
  if (end.exit_code !== 0) throw agentFailure(end);
}

function agentFailure({ exit_code, errors }: AgentEnd): Failure {
  const last = errors.trim().split('\n').slice(-3).join(' / ');
  return new Failure(
    'failed',
    'agent_failed',
    `the agent program ended with ${exit_code}: ${last}`,
    'with --live, check OPENAI_API_KEY and ANTHROPIC_API_KEY; without it, please report this',
  );
}

async function collect(
  { exporter }: DemoOptions,
  replay: Replay | null,
  from: string,
): Promise<DemoResult> {
  const service = new Service({
    url: new URL(`${exporter.url}/`),
    ...{ key: undefined, org: undefined, json: true },
  });
  const { trace_id, freshness_ms } = await untilRolledUp(service, undefined, ROLLUP_LIMIT_MS);
  const [trace, coverage, ...usage] = await Promise.all([
    service.get<{ rows: LedgerAnswer[] }>(`api/v1/traces/${trace_id}`),
    service.get<Coverage>('api/v1/coverage', { from }),
    ...['', ...DIMENSIONS].map((by) =>
      service.get<{ rows: UsageAnswer[] }>('api/v1/usage', { ...(by ? { by } : {}), from }),
    ),
  ]);
  const [[total] = [], agent = [], model = [], tool = []] = usage.map(({ rows }) => rows);
  if (!total) throw new Error('cannot read the total: the service gave no row');
  return {
    trace_id,
    served: replay?.requests ?? null,
    trace: trace.rows,
    usage: { agent, model, tool },
    total,
    coverage,
    freshness_ms,
  };
}
