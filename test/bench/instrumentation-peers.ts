// The other instrumentations of the same client, each on its own copy of it and each with a provider
// of OpenTelemetry's SDK whose exporter drops what it gets. None of them captures content.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { metrics, type MeterProvider, type TracerProvider } from '@opentelemetry/api';

/** What installed them left: the folder, or why there is none. */
export interface InstalledInstrumentations {
  readonly folder: string | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly reason: string | null;
}

type OpenAIModule = typeof import('openai');

interface Instrumentation {
  setTracerProvider(provider: TracerProvider): void;
  setMeterProvider(provider: MeterProvider): void;
  manuallyInstrument(module: unknown): void;
  /** What OpenTelemetry's hook calls when the module is required; it has no other door. */
  enable(): void;
  init(): { patch(module: OpenAIModule): unknown }[];
}

type Made = new (options?: object) => Instrumentation;

type FlushingProvider = TracerProvider & { forceFlush(): Promise<void> };

interface Sdk {
  BasicTracerProvider: new (options: object) => FlushingProvider;
  BatchSpanProcessor: new (exporter: object) => object;
}

const SUCCESS = { code: 0 };

/**
 * Not enabled: they would watch the copies of the others as well. The last one records only when it is, and
 * by then no client is left to be loaded.
 */
export const PEERS = {
  openinference: {
    name: '@arizeai/openinference-instrumentation-openai',
    class: 'OpenAIInstrumentation',
    options: {
      instrumentationConfig: { enabled: false },
      traceConfig: { hideInputs: true, hideOutputs: true },
    },
  },
  traceloop: {
    name: '@traceloop/instrumentation-openai',
    class: 'OpenAIInstrumentation',
    options: { enabled: false, traceContent: false },
  },
  official: {
    name: '@opentelemetry/instrumentation-openai',
    class: 'OpenAIInstrumentation',
    options: { enabled: false },
  },
} as const;

export interface Watched {
  readonly module: OpenAIModule;
  /** Hands on what is queued. */
  readonly flush: () => Promise<void>;
}

/** The client's copy that the peer watches from now on. */
export function instrumentedCopy(folder: string, peer: keyof typeof PEERS): Watched {
  const require = createRequire(join(folder, 'package.json'));
  const { name, class: className, options } = PEERS[peer];
  const module = clientCopy(folder, peer);
  const { [className]: Instrumentation } = require(name) as Record<string, Made>;
  if (Instrumentation === undefined) throw new Error(`${name} has no ${className}`);
  const instrumentation = new Instrumentation(options);
  const provider = droppingProvider(require);
  instrumentation.setTracerProvider(provider);
  instrumentation.setMeterProvider(metrics.getMeterProvider());
  if (peer === 'official') {
    instrumentation.init()[0]?.patch(module);
    instrumentation.enable();
  } else instrumentation.manuallyInstrument(peer === 'traceloop' ? module.OpenAI : module);
  return { module, flush: () => provider.forceFlush() };
}

/** `bare`, a peer's, or `ours/node_modules`; the same each time. */
export function clientCopy(folder: string, copy: string): OpenAIModule {
  const require = createRequire(join(folder, 'package.json'));
  // It knows the promises of one copy only: the one that it loads itself.
  const installed = copy === 'openinference';
  return require(installed ? 'openai' : join(folder, 'copies', copy, 'openai')) as OpenAIModule;
}

function droppingProvider(require: NodeJS.Require): FlushingProvider {
  const { BasicTracerProvider, BatchSpanProcessor } =
    require('@opentelemetry/sdk-trace-node') as Sdk;
  const exporter = {
    export: (_spans: unknown, done: (result: object) => void) => done(SUCCESS),
    shutdown: () => Promise.resolve(),
    forceFlush: () => Promise.resolve(),
  };
  return new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
}
