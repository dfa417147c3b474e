// Who else records model calls: packages in the project, preloads in the environment. The ledger
// counts a call once, whoever tells it, but the work is done twice and some change the program.

import { good, type Finding } from './finding.ts';
import type { Tree } from './installed.ts';
import { inRange } from './libraries.ts';

interface Other {
  readonly who: string;
  /** The names of its packages. */
  readonly packages: RegExp;
  /** How it starts without a line in the program: what a preload names. */
  readonly preload?: RegExp;
  /** Variables that turn it on. */
  readonly variables?: readonly string[];
  /** Comes along with other packages and does nothing before it is turned on. */
  readonly quiet?: true;
  /** How to turn off its model calls alone. */
  readonly off: string;
}

const OTHERS: readonly Other[] = [
  {
    who: 'OpenTelemetry',
    packages:
      /^@opentelemetry\/(instrumentation-(openai|anthropic|aws-sdk|langchain)|auto-instrumentations-node)$/,
    preload: /@opentelemetry\/auto-instrumentations-node/,
    off: 'OTEL_NODE_DISABLED_INSTRUMENTATIONS=openai, or leave it out of your list',
  },
  {
    who: 'Elastic',
    packages: /^@elastic\/opentelemetry-(node|instrumentation-openai)$/,
    preload: /@elastic\/opentelemetry-node/,
    off: 'OTEL_NODE_DISABLED_INSTRUMENTATIONS=openai',
  },
  {
    who: 'Traceloop',
    packages: /^@traceloop\/(node-server-sdk|instrumentation-)/,
    off: 'leave its initialize() out, or the modules of instrumentModules',
  },
  {
    who: 'OpenInference',
    packages: /^@arizeai\/(openinference-instrumentation-|phoenix-otel)/,
    off: 'leave its instrumentation out of registerInstrumentations()',
  },
  { who: 'OpenLIT', packages: /^openlit$/, off: 'leave its init() out' },
  {
    who: 'Langfuse',
    packages: /^(langfuse|langfuse-langchain|@langfuse\/(openai|langchain|otel|tracing))$/,
    off: 'use the bare client in place of observeOpenAI(), or keep it: its spans are read, too',
  },
  {
    who: 'LangSmith',
    packages: /^langsmith$/,
    variables: ['LANGSMITH_TRACING', 'LANGCHAIN_TRACING_V2'],
    quiet: true,
    off: 'unset LANGSMITH_TRACING, or keep it: it sends its own records to its own service',
  },
  {
    who: 'Sentry',
    packages: /^@sentry\/(node|nextjs|bun|server-utils)$/,
    preload: /@sentry\//,
    off: 'leave openAIIntegration() and its like out of Sentry.init',
  },
  {
    who: 'Datadog',
    packages: /^dd-trace$/,
    preload: /dd-trace/,
    off: 'DD_TRACE_DISABLED_PLUGINS=openai,anthropic,langchain,genai',
  },
  {
    who: 'New Relic',
    packages: /^newrelic$/,
    preload: /newrelic/,
    off: 'NEW_RELIC_AI_MONITORING_ENABLED=false',
  },
  {
    who: 'Braintrust',
    packages: /^braintrust$/,
    preload: /braintrust/,
    off: 'use the bare client in place of wrapOpenAI()',
  },
  { who: 'PostHog', packages: /^@posthog\/ai$/, off: "use the provider's own client" },
  { who: 'Vercel', packages: /^@vercel\/otel$/, off: 'leave its instrumentations out' },
];

const BREAKS = /^@opentelemetry\/instrumentation-openai$/;
const FLAG = /(?:--import|--require|-r|--loader|--experimental-loader)[=\s]+(\S+)/g;

type Environment = Readonly<Record<string, string | undefined>>;

export function otherInstrumentations(tree: Tree, environment: Environment): Finding[] {
  const preloads = preloadsOf(tree, environment);
  const found = OTHERS.flatMap((other) => findingOf(other, tree, environment, preloads));
  return found.length > 0 ? found : [good('other instrumentations', 'none', 'no other was found')];
}

function findingOf(
  other: Other,
  tree: Tree,
  environment: Environment,
  preloads: readonly Preload[],
): Finding[] {
  const { who, packages, preload, variables = [], quiet, off } = other;
  const installed = tree.packages.filter(({ name }) => packages.test(name));
  const active = [
    ...preloads.filter(({ specifier }) => preload?.test(specifier)).map(({ where }) => where),
    ...variables.filter((name) => environment[name]?.toLowerCase() === 'true'),
  ];
  if (installed.length === 0 && active.length === 0) return [];
  if (quiet === true && active.length === 0) return [];
  const names = installed.map(({ name, version }) => `${name} ${version}`).join(', ');
  const how = active.length > 0 ? `active by ${active.join(', ')}` : 'starts when the program does';
  const broken = who === 'OpenTelemetry' && breaks(tree);
  const next_step = broken
    ? `${off}: with openai 5 and 6 it makes parse() and asResponse() fail`
    : `the ledger counts a call once; to record it once: ${off}`;
  const found = [names, how].filter((part) => part !== '').join('; ');
  return [{ section: 'other instrumentations', name: who, state: 'doubt', found, next_step }];
}

/** Known to fail programs, not only to double them. */
function breaks({ packages }: Tree): boolean {
  const has = (test: (name: string, version: string) => boolean): boolean =>
    packages.some(({ name, version }) => test(name, version));
  return (
    has((name) => BREAKS.test(name)) &&
    has((name, version) => name === 'openai' && inRange(version, '>=5.0.0 <7.0.0'))
  );
}

interface Preload {
  readonly specifier: string;
  readonly where: string;
}

/** What the environment and the project's scripts load before a program. */
function preloadsOf({ scripts }: Tree, environment: Environment): Preload[] {
  const places: [string, string][] = [
    ['NODE_OPTIONS', environment['NODE_OPTIONS'] ?? ''],
    ...Object.entries(scripts).map(([name, line]): [string, string] => [`script "${name}"`, line]),
  ];
  return places.flatMap(([where, line]) =>
    [...line.matchAll(FLAG)].map(([, specifier = '']) => ({ specifier, where })),
  );
}
