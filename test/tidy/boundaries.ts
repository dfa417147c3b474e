// Tidy rules about what may know what: the import graph between packages, the purity of the ledger,
// where vendors may be named, where the environment and the clock may be read.

import {
  filesOf,
  importsOf,
  isSource,
  linesMatching,
  roomOf,
  withoutComments,
  type Finding,
  type Rule,
  type Tree,
} from './tree.ts';

/** Who may import whom. `lazily`: only by a dynamic import or as types, because it is optional. */
const MAY_IMPORT: Readonly<Record<string, { always: string[]; lazily: string[] }>> = {
  ledger: { always: [], lazily: [] },
  instrumentation: { always: [], lazily: [] },
  'embedded-clickhouse': { always: [], lazily: [] },
  store: { always: ['ledger'], lazily: [] },
  exporter: { always: ['ledger', 'store'], lazily: ['embedded-clickhouse'] },
  demo: { always: ['instrumentation'], lazily: [] },
  cli: { always: ['ledger'], lazily: ['exporter', 'demo', 'embedded-clickhouse'] },
  grafana: { always: ['ledger', 'store'], lazily: [] },
};

/** In the agent, from the ground up: what is above a folder is not known in it. */
const LAYERS = ['context', 'calls', 'agents', 'adapters'] as const;
const IN_LAYER = /^packages\/instrumentation\/src\/([a-z]+)\//;

/** Bytes in, rows out: nothing of the outside world reaches the ledger except as an argument. */
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bperformance\.|\b(set|clear)(Timeout|Interval|Immediate)\b|\bconsole\.|\bfetch\(|\bcrypto\.random/;
const PURE_BUILTINS = new Set(['node:crypto', 'node:buffer']);

/** The edge: where a process starts, and where it reads what surrounds it. */
const EDGE = /(^scripts\/|\/(main|config|register|hook|[a-z-]+-main)\.ts$)/;

/** Emitters and their attribute namespaces. Providers (openai, anthropic) are values, not vendors. */
const VENDOR =
  /\b(langfuse|langsmith|langchain|traceloop|openinference|openllmetry|openlit|arize|vercel|logfire|claude_code|codex|gemini_cli|litellm|mlflow|laminar|lmnr|pydantic[-_]ai|crewai|smolagents|strands|haystack|llama_?index|mastra|voltagent|genkit|livekit|braintrust|loongsuite|autogen|semantic_kernel)\b|['"`](gen_ai|llm|traceloop|langfuse|ai\.(?:usage|model|response|prompt|settings|telemetry|toolCall))\.[a-z]/i;
const VENDOR_HOMES = /^packages\/(ledger\/src\/(dialects|reading)|instrumentation|demo)\//;

const OURS = /^@spanledger\/([a-z-]+)/;

function graphFindings(tree: Tree): Finding[] {
  return filesOf(tree, isSource).flatMap(([path, text]) => {
    const allowed = MAY_IMPORT[roomOf(path) ?? ''];
    if (!allowed) return [];
    return importsOf(text).flatMap(({ specifier, line, dynamic, typeOnly }) => {
      const target = OURS.exec(specifier)?.[1];
      if (target === undefined || allowed.always.includes(target)) return [];
      if (!allowed.lazily.includes(target))
        return [{ path, line, message: `${roomOf(path)} must not know ${specifier}` }];
      return dynamic || typeOnly ? [] : [{ path, line, message: `import ${specifier} lazily` }];
    });
  });
}

function escapes(path: string, specifier: string): boolean {
  const folder = path.split('/').slice(0, -1);
  const room = path.startsWith('packages/') ? 2 : 1;
  const ups = specifier.split('/').filter((part) => part === '..').length;
  return folder.length - ups < room;
}

function layerFindings(tree: Tree): Finding[] {
  return filesOf(tree, isSource).flatMap(([path, text]) => {
    const own = LAYERS.findIndex((layer) => layer === IN_LAYER.exec(path)?.[1]);
    if (own < 0) return [];
    return importsOf(text).flatMap(({ specifier, line }) => {
      const other = LAYERS.findIndex((layer) => specifier.startsWith(`../${layer}/`));
      if (other <= own) return [];
      return [{ path, line, message: `${LAYERS[own]} must not know ${specifier}` }];
    });
  });
}

export const BOUNDARY_RULES: readonly Rule[] = [
  {
    name: 'layers-in-the-agent',
    why: 'context, calls, agents and adapters know each other in one direction',
    check: layerFindings,
    broken: {
      'packages/instrumentation/src/calls/call.ts': "// x\nimport { f } from '../agents/run.ts';\n",
    },
  },
  {
    name: 'import-graph',
    why: 'a package knows only what the table of rooms in ARCHITECTURE.md says',
    check: graphFindings,
    broken: { 'packages/ledger/src/price.ts': "// x\nimport { ask } from '@spanledger/store';\n" },
  },
  {
    name: 'relative-imports',
    why: 'another package is reached through its door, a neighbour through its .ts file',
    check: (tree) =>
      filesOf(tree, isSource).flatMap(([path, text]) =>
        importsOf(text).flatMap(({ specifier, line }) => {
          if (!specifier.startsWith('.')) return [];
          if (escapes(path, specifier))
            return [{ path, line, message: `${specifier} leaves the package` }];
          return /\.(ts|mjs|json)$/.test(specifier)
            ? []
            : [{ path, line, message: `${specifier} has no extension` }];
        }),
      ),
    broken: {
      'packages/cli/src/report.ts':
        "// x\nimport { f } from '../../store/src/clickhouse/ask.ts';\n",
    },
  },
  {
    name: 'pure-ledger',
    why: 'the same bytes give the same rows: the ledger has no I/O, clock or randomness',
    check: (tree) =>
      filesOf(tree, (name) => name.startsWith('packages/ledger/src/') && isSource(name)).flatMap(
        ([path, text]) => [
          ...linesMatching(path, withoutComments(text), IMPURE, 'not pure'),
          ...importsOf(text).flatMap(({ specifier, line }) =>
            specifier.startsWith('node:') && !PURE_BUILTINS.has(specifier)
              ? [{ path, line, message: `not pure: ${specifier}` }]
              : [],
          ),
        ],
      ),
    broken: { 'packages/ledger/src/price.ts': '// x\nexport const now = Date.now();\n' },
  },
  {
    name: 'vendors',
    why: 'one dialect, one file: no other code names an emitter or its attributes',
    check: (tree) =>
      filesOf(tree, (name) => isSource(name) && !VENDOR_HOMES.test(name)).flatMap(([path, text]) =>
        linesMatching(path, withoutComments(text), VENDOR, 'a vendor outside its dialect'),
      ),
    broken: {
      'packages/store/src/clickhouse/ask.ts': "// x\nconst key = 'gen_ai.usage.input_tokens';\n",
    },
  },
  {
    name: 'environment',
    why: 'configuration is read once, at the edge, and handed on as an argument',
    check: (tree) =>
      filesOf(tree, (name) => isSource(name) && !EDGE.test(name)).flatMap(([path, text]) =>
        linesMatching(
          path,
          withoutComments(text),
          /\bprocess\.env\b/,
          'the environment is read here',
        ),
      ),
    broken: { 'packages/store/src/clickhouse/ask.ts': '// x\nconst url = process.env.URL;\n' },
  },
  {
    name: 'randomness',
    why: 'ids and choices are arguments, so that a run can be repeated',
    check: (tree) =>
      filesOf(tree, (name) => isSource(name) && !EDGE.test(name)).flatMap(([path, text]) =>
        linesMatching(path, withoutComments(text), /\bMath\.random\b/, 'random'),
      ),
    broken: { 'packages/store/src/clickhouse/ask.ts': '// x\nconst token = Math.random();\n' },
  },
  {
    name: 'error-text',
    why: 'errors are told apart by code, never by their message',
    check: (tree) =>
      filesOf(tree, (name) => isSource(name) && !name.startsWith('scripts/')).flatMap(
        ([path, text]) =>
          linesMatching(
            path,
            withoutComments(text),
            /\.message\b\??\.(includes|match|startsWith|endsWith|indexOf|search)\(|\.test\([a-z.]*\.message\)/,
            'decides on message text',
          ),
      ),
    broken: {
      'packages/store/src/clickhouse/ask.ts':
        "// x\nif (error.message.includes('busy')) retry();\n",
    },
  },
];
