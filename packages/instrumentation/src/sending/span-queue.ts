// Ended spans on their way out, as a span processor.

import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { BatchQueue, textSize, type BatchQueueOptions } from './batch-queue.ts';

export interface SpanQueueOptions {
  batchDelay_ms: number;
  batchLimit_spans: number;
  queueLimit_spans: number;
  serialise: BatchQueueOptions<ReadableSpan>['serialise'];
  send: BatchQueueOptions<ReadableSpan>['send'];
}

function sizeOf({ attributes, events }: ReadableSpan): number {
  let size_chars = textSize(attributes);
  for (const event of events) size_chars += textSize(event.attributes ?? {});
  return size_chars;
}

export class SpanQueue extends BatchQueue<ReadableSpan> implements SpanProcessor {
  constructor({ batchDelay_ms, batchLimit_spans, queueLimit_spans, ...ways }: SpanQueueOptions) {
    super({
      ...{ items: 'spans', batchDelay_ms, sizeOf, ...ways },
      ...{ batchLimit_items: batchLimit_spans, queueLimit_items: queueLimit_spans },
    });
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) this.add(span);
  }
}
