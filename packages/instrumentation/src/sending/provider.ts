// The tracer provider of a program that brings none: resource from the environment, our queue,
// OTLP over HTTP.

import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import {
  context,
  propagation,
  ProxyTracerProvider,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';
import { API } from '../api-copies.ts';
import { setTracerProvider } from '../calls/call.ts';
import { useContextStorage } from '../calls/call-scope.ts';
import type { Config } from '../config.ts';
import { ContextSpanProcessor } from './context-spans.ts';
import { eventSender, type EventSender } from './event-sender.ts';
import { flushAtExit, type LastRequest } from './exit.ts';
import {
  AsyncLocalStorageContextManager,
  BasicTracerProvider,
  CompositePropagator,
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from './opentelemetry-sdk.ts';
import { OtlpRequests, type Destination } from './otlp-request.ts';
import { spanSerialiser } from './otlp-serialiser.ts';
import { leaveAtDrain } from '../context/open-work.ts';
import { setEventTaker } from '../agents/run-events.ts';
import { warnOnce } from '../safely.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';
import { setFlush } from './flush.ts';
import { SpanQueue } from './span-queue.ts';

/** True when someone has registered a provider before us: it is used, and nothing is set up. */
export function hasProvider(): boolean {
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider)) return true;
  return provider.getDelegateTracer('spanledger-probe') !== undefined;
}

let started = false;

/** True when the provider of this process is, or was at first, ours. */
export function providerStarted(): boolean {
  return started;
}

export async function startProvider(config: Config): Promise<void> {
  const to = destination(config, config.url, config.headers);
  const serialise = spanSerialiser(config.protocol);
  const requests = new OtlpRequests(to);
  const queue = new SpanQueue({
    batchDelay_ms: config.batchDelay_ms,
    batchLimit_spans: config.batchLimit_spans,
    queueLimit_spans: config.queueLimit_spans,
    serialise,
    send: (bytes) => requests.send(bytes),
  });
  const resource = ownResource();
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: [new ContextSpanProcessor(), queue],
  });
  useOwnContexts(config);
  trace.setGlobalTracerProvider(provider);
  started = true;
  const events = startEvents(config, resource);
  setFlush(async () => {
    await Promise.all([queue, events?.queue].map((each) => each?.flush(config.exitLimit_ms)));
  });
  flushAtExit({
    limit_ms: config.exitLimit_ms,
    remaining: () => {
      const spans = queue.drain();
      const told = events?.queue.drain() ?? [];
      const last: LastRequest[] = [];
      if (spans.length > 0) last.push({ to, bytes: serialise(spans) });
      if (events !== null && told.length > 0) {
        last.push({ to: events.to, bytes: events.serialise(told) });
      }
      return last;
    },
  });
  await makeWayForAnother();
}

function startEvents(config: Config, resource: object): EventSender | null {
  if (config.eventsUrl === null) return null;
  const to = destination(config, config.eventsUrl, config.eventsHeaders);
  const sender = eventSender(config, to, resource);
  setEventTaker((event) => sender.queue.add(event));
  return sender;
}

function destination(config: Config, url: string, headers: Destination['headers']): Destination {
  return {
    url,
    headers,
    contentType: config.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    gzip: config.gzip,
    timeout_ms: config.timeout_ms,
  };
}

function ownResource() {
  const distro = resourceFromAttributes({
    'telemetry.distro.name': SCOPE_NAME,
    'telemetry.distro.version': SCOPE_VERSION,
  });
  return defaultResource()
    .merge(distro)
    .merge(detectResources({ detectors: [envDetector] }));
}

function useOwnContexts(config: Config): void {
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  const storage = manager['_asyncLocalStorage'] as unknown;
  if (storage instanceof AsyncLocalStorage) useContextStorage(storage);
  if (config.propagators.length > 0) {
    propagation.setGlobalPropagator(
      new CompositePropagator({
        propagators: config.propagators.map((name) =>
          name === 'baggage' ? new W3CBaggagePropagator() : new W3CTraceContextPropagator(),
        ),
      }),
    );
  }
}

/** A program that sets up its own provider later gets its way, as it would without us. */
async function makeWayForAnother(): Promise<void> {
  const proxy = trace.getTracerProvider();
  if (!(proxy instanceof ProxyTracerProvider)) return;
  const makeWay = (later: TracerProvider): boolean => {
    proxy.setDelegate(later);
    setTracerProvider(null);
    setEventTaker(null);
    leaveAtDrain();
    warnOnce('provider', 'the program has its own tracer provider: spans go there from now on');
    return true;
  };
  const others = await otherTraces().catch(() => []);
  for (const each of [trace, ...others]) each.setGlobalTracerProvider = makeWay;
}

/** From 1.10 on the API is one object for CommonJS and another for ES modules: a program may use either. */
async function otherTraces(): Promise<(typeof trace)[]> {
  const require = createRequire(import.meta.url);
  const required = require(API) as { trace: typeof trace };
  const module = import.meta.resolve(API);
  if (module === pathToFileURL(require.resolve(API)).href) return [required.trace];
  const imported = (await import(module)) as { trace: typeof trace };
  return [required.trace, imported.trace];
}
