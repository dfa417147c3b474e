// What can be wrong before a span leaves this machine: Node, platform, variables, second copies of
// the OpenTelemetry API.

import { readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from './settings.ts';

export interface Check {
  readonly name: string;
  readonly state: 'good' | 'doubt' | 'bad' | 'skipped';
  readonly found: string;
  /** What to do; '' where nothing is wrong. */
  readonly next_step: string;
  /** True where a key lacks the right: the hop itself may be sound. */
  readonly refused?: true;
}

const NODE_LEAST = [20, 19] as const;
/** Folders that are read when looking for copies of the API. */
const FOLDERS_LIMIT = 5_000;

export function good(name: string, found: string): Check {
  return { name, state: 'good', found, next_step: '' };
}

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const enough = major > NODE_LEAST[0] || (major === NODE_LEAST[0] && minor >= NODE_LEAST[1]);
  if (enough) return good('node', version);
  const next_step = `install Node ${NODE_LEAST.join('.')} or later`;
  return { name: 'node', state: 'bad', found: version, next_step };
}

interface Rule {
  readonly variable: string;
  readonly wrong: (value: string) => boolean;
  readonly next_step: string;
}

/** Settings of an agent's environment that keep spans from arriving. */
const VARIABLE_RULES: readonly Rule[] = [
  {
    variable: 'OTEL_SDK_DISABLED',
    wrong: (value) => value.toLowerCase() === 'true',
    next_step: 'unset it: no span is made while it is true',
  },
  {
    variable: 'OTEL_TRACES_EXPORTER',
    wrong: (value) => value !== 'otlp',
    next_step: 'unset it or set it to otlp',
  },
  {
    variable: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    wrong: (value) => value === 'grpc',
    next_step: 'set it to http/protobuf, or send grpc to a collector',
  },
  {
    variable: 'OTEL_TRACES_SAMPLER',
    wrong: (value) => !/^(parentbased_)?always_on$/.test(value),
    next_step: 'unset it: what is sampled away cannot be counted',
  },
];

export function checkVariables(env: Environment, url: URL): Check {
  const found = VARIABLE_RULES.flatMap(({ variable, wrong, next_step }) => {
    const value = env[variable];
    return value && wrong(value) ? [{ text: `${variable}=${value}`, next_step }] : [];
  });
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (endpoint && URL.canParse(endpoint) && new URL(endpoint).host !== url.host) {
    found.push({
      text: `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}`,
      next_step: `spans go there and not to ${url.host}; fine when it is a collector that forwards`,
    });
  }
  if (found.length === 0) return good('variables', 'nothing in the way');
  return {
    name: 'variables',
    state: 'doubt',
    found: found.map(({ text }) => text).join(', '),
    next_step: found.map(({ next_step }) => next_step).join('; '),
  };
}

/** Two copies of the API do not see each other's spans, where their versions do not fit. */
export function checkApiCopies(folder: string): Check {
  const copies = new Set<string>();
  const open = [path.join(folder, 'node_modules')];
  for (let read = 0; open.length > 0 && read < FOLDERS_LIMIT; read += 1) {
    const modules = open.pop();
    if (!modules) break;
    for (const dependency of packagesIn(modules)) {
      if (dependency.endsWith(path.join('@opentelemetry', 'api'))) copies.add(dependency);
      else open.push(path.join(dependency, 'node_modules'));
    }
  }
  if (copies.size <= 1) return good('api copies', `${copies.size} of @opentelemetry/api`);
  return {
    name: 'api copies',
    state: 'doubt',
    found: [...copies].map((copy) => path.relative(folder, copy)).join(', '),
    next_step:
      'make the versions equal, then "npm dedupe": spans of one copy may not join the other',
  };
}

/** The real folders of the packages in a node_modules folder, scoped ones included. */
function packagesIn(modules: string): string[] {
  return list(modules).flatMap((name) =>
    name.startsWith('@')
      ? list(path.join(modules, name)).map((inner) => real(path.join(modules, name, inner)))
      : [real(path.join(modules, name))],
  );
}

function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
