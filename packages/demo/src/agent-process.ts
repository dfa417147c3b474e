// Runs the agent program in a process of its own, with or without telemetry, against a replay server
// or the providers themselves.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../dist/agent.js', import.meta.url));
const OUTPUT_LIMIT_CHARACTERS = 64 * 1024;

export interface AgentOptions {
  /** What the process inherits: keys, PATH and the usual OTEL_ variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null to talk to the providers themselves, with the keys of `env`. */
  readonly replay_url: string | null;
  /** Where spans go; null runs the program without any telemetry. */
  readonly otlp_url: string | null;
  /** Ends the program early. */
  readonly signal?: AbortSignal;
}

export interface AgentEnd {
  readonly exit_code: number | null;
  readonly output: string;
  readonly errors: string;
}

export function startAgent(options: AgentOptions): Promise<AgentEnd> {
  const { env, replay_url, otlp_url, signal } = options;
  const hook = otlp_url
    ? ['--import', import.meta.resolve('@spanledger/instrumentation/register')]
    : [];
  const live = replay_url ? [] : ['--live'];
  const child = spawn(process.execPath, [...hook, PROGRAM, ...live], {
    env: { ...env, ...replayVariables(replay_url), ...telemetryVariables(otlp_url) },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal ? { signal } : {}),
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (part) => (output = (output + part).slice(-OUTPUT_LIMIT_CHARACTERS)));
  child.stderr.on('data', (part) => (errors = (errors + part).slice(-OUTPUT_LIMIT_CHARACTERS)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit_code) => resolve({ exit_code, output, errors }));
  });
}

/** A replay server needs no key, but the clients do. */
function replayVariables(url: string | null): Record<string, string> {
  if (!url) return {};
  return {
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: 'replay',
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'replay',
  };
}

function telemetryVariables(url: string | null): Record<string, string> {
  return url ? { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SERVICE_NAME: 'refund-desk' } : {};
}
