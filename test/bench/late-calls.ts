// Model calls that come long after the rest of their traces, in the bytes of the official serializer.

import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { seededRandom } from '../feed.ts';
import type { StoredRoot } from './stored.ts';

const NS_PER_S = 1_000_000_000n;
const resource = resourceFromAttributes({ 'service.name': 'support' });

/** One call beneath each root, many roots in a request. */
export function* lateCalls(
  roots: readonly StoredRoot[],
  seed: number,
  spansPerRequest: number,
): Generator<{ body: Uint8Array }> {
  const random = seededRandom(seed);
  for (let at = 0; at < roots.length; at += spansPerRequest) {
    const spans = roots.slice(at, at + spansPerRequest).map((root) => lateCall(root, random));
    const body = ProtobufTraceSerializer.serializeRequest(spans);
    if (!body) throw new Error('cannot serialise late calls');
    yield { body };
  }
}

function lateCall(root: StoredRoot, random: () => number): ReadableSpan {
  const id = Math.floor(random() * 2 ** 48)
    .toString(16)
    .padStart(16, '1');
  const start: [number, number] = [
    Number(root.start_ns / NS_PER_S),
    Number(root.start_ns % NS_PER_S),
  ];
  return {
    name: 'chat gpt-4o',
    kind: SpanKind.CLIENT,
    spanContext: () => ({ traceId: root.trace_id, spanId: id, traceFlags: 1 }),
    parentSpanContext: { traceId: root.trace_id, spanId: root.span_id, traceFlags: 1 },
    startTime: start,
    endTime: [start[0] + 1, start[1]],
    status: { code: SpanStatusCode.UNSET },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o',
      'gen_ai.response.id': `late-${id}`,
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 10,
    },
    links: [],
    events: [],
    duration: [1, 0],
    ended: true,
    resource,
    instrumentationScope: { name: 'feed', version: '1.0.0' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
