// Events of running work on their way out: log records over OTLP, in a queue of their own with the
// bounds of the spans' queue.

import { BatchQueue, textSize } from './batch-queue.ts';
import type { Config } from '../config.ts';
import { logSerialiser, type LogRecord, type Serialise } from './otlp-serialiser.ts';
import { OtlpRequests, type Destination } from './otlp-request.ts';
import { SEVERITY, type RunEvent } from '../agents/run-events.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';

const SCOPE = { name: SCOPE_NAME, version: SCOPE_VERSION };

export interface EventSender {
  readonly to: Destination;
  readonly serialise: Serialise<RunEvent>;
  readonly queue: BatchQueue<RunEvent>;
}

export function eventSender(config: Config, to: Destination, resource: object): EventSender {
  const write = logSerialiser(config.protocol);
  const serialise: Serialise<RunEvent> = (events) =>
    write(events.map((event) => recordOf(event, resource)));
  const requests = new OtlpRequests(to);
  const queue = new BatchQueue<RunEvent>({
    items: 'events of runs',
    batchDelay_ms: config.batchDelay_ms,
    batchLimit_items: config.batchLimit_spans,
    queueLimit_items: config.queueLimit_spans,
    sizeOf: ({ body = '', attributes }) => body.length + textSize(attributes),
    serialise,
    send: (bytes) => requests.send(bytes),
  });
  return { to, serialise, queue };
}

function recordOf(
  { name, time_ns, span, body, attributes }: RunEvent,
  resource: object,
): LogRecord {
  const time = [Number(time_ns / 1_000_000_000n), Number(time_ns % 1_000_000_000n)] as const;
  return {
    ...SEVERITY,
    ...{ hrTime: time, hrTimeObserved: time, spanContext: span, eventName: name, body, attributes },
    ...{ droppedAttributesCount: 0, resource, instrumentationScope: SCOPE },
  };
}
