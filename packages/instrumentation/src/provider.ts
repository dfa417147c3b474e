// The tracer provider of a program that brings none: resource from the environment, our queue,
// OTLP over HTTP.

import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { context, propagation, ProxyTracerProvider, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { setTracerProvider } from './call.ts';
import { useContextStorage } from './call-scope.ts';
import type { Config } from './config.ts';
import { ContextSpanProcessor } from './context-spans.ts';
import { flushAtExit } from './exit.ts';
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
import { safely, warnOnce } from './safely.ts';
import { SCOPE_NAME, SCOPE_VERSION } from './scope.ts';
import { setFlush } from './flush.ts';
import { SpanQueue } from './span-queue.ts';

/** True when someone has registered a provider before us: it is used, and nothing is set up. */
export function hasProvider(): boolean {
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider)) return true;
  return provider.getDelegateTracer('spanledger-probe') !== undefined;
}

export function startProvider(config: Config): void {
  const to: Destination = {
    url: config.url,
    headers: config.headers,
    contentType: config.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    gzip: config.gzip,
    timeout_ms: config.timeout_ms,
  };
  const serialise = serialiser(config.protocol);
  const requests = new OtlpRequests(to);
  const queue = new SpanQueue({
    batchDelay_ms: config.batchDelay_ms,
    batchLimit_spans: config.batchLimit_spans,
    queueLimit_spans: config.queueLimit_spans,
    serialise,
    send: (bytes) => requests.send(bytes),
  });
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          'telemetry.distro.name': SCOPE_NAME,
          'telemetry.distro.version': SCOPE_VERSION,
        }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new ContextSpanProcessor(), queue],
  });
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
  trace.setGlobalTracerProvider(provider);
  makeWayForAnother();
  setFlush(() => queue.flush(config.exitLimit_ms));
  flushAtExit({
    to,
    limit_ms: config.exitLimit_ms,
    remaining: () => {
      const spans = queue.drain();
      return spans.length === 0 ? null : serialise(spans);
    },
  });
}

/** A program that sets up its own provider later gets its way, as it would without us. */
function makeWayForAnother(): void {
  const proxy = trace.getTracerProvider();
  if (!(proxy instanceof ProxyTracerProvider)) return;
  trace.setGlobalTracerProvider = (later) => {
    proxy.setDelegate(later);
    setTracerProvider(null);
    warnOnce('provider', 'the program has its own tracer provider: spans go there from now on');
    return true;
  };
}

interface Serialiser {
  serializeRequest(spans: ReadableSpan[]): Uint8Array | undefined;
}

type Serialise = (spans: ReadableSpan[]) => Uint8Array;

function serialiser(protocol: Config['protocol']): Serialise {
  const serialise = lazySerialiser(protocol);
  return (spans) => {
    try {
      return serialise(spans);
    } catch (error) {
      // One span that cannot be written must not take the others with it.
      const whole = spans.filter((span) => safely('a span', () => serialise([span])) !== undefined);
      if (whole.length === 0) throw error;
      return serialise(whole);
    }
  };
}

/** Loaded with the first batch: most of what starting would cost. */
function lazySerialiser(protocol: Config['protocol']): Serialise {
  let loaded: Serialiser | null = null;
  return (spans) => {
    if (loaded === null) {
      const transformer = createRequire(import.meta.url)('@opentelemetry/otlp-transformer') as {
        JsonTraceSerializer: Serialiser;
        ProtobufTraceSerializer: Serialiser;
      };
      loaded =
        protocol === 'http/json'
          ? transformer.JsonTraceSerializer
          : transformer.ProtobufTraceSerializer;
    }
    const bytes = loaded.serializeRequest(spans);
    if (bytes === undefined) throw new Error('the serialiser returned nothing');
    return bytes;
  };
}
