// OTLP bytes by OpenTelemetry's own serialisers, loaded with the first batch: they are most of what
// starting would cost.

import { createRequire } from 'node:module';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Config } from '../config.ts';
import { safely } from '../safely.ts';

type Protocol = Config['protocol'];

interface Serialiser<Item> {
  serializeRequest(items: Item[]): Uint8Array | undefined;
}

interface Transformer {
  JsonTraceSerializer: Serialiser<ReadableSpan>;
  ProtobufTraceSerializer: Serialiser<ReadableSpan>;
  JsonLogsSerializer: Serialiser<LogRecord>;
  ProtobufLogsSerializer: Serialiser<LogRecord>;
}

/** What the serialiser of log records reads of one. */
export interface LogRecord {
  readonly hrTime: readonly [seconds: number, nanoseconds: number];
  readonly hrTimeObserved: readonly [seconds: number, nanoseconds: number];
  readonly spanContext: { traceId: string; spanId: string; traceFlags: number };
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: string | undefined;
  readonly attributes: object;
  readonly droppedAttributesCount: number;
  readonly resource: object;
  readonly instrumentationScope: { name: string; version: string };
}

export type Serialise<Item> = (items: Item[]) => Uint8Array;

export function spanSerialiser(protocol: Protocol): Serialise<ReadableSpan> {
  return whole('a span', ({ JsonTraceSerializer, ProtobufTraceSerializer }) =>
    protocol === 'http/json' ? JsonTraceSerializer : ProtobufTraceSerializer,
  );
}

export function logSerialiser(protocol: Protocol): Serialise<LogRecord> {
  return whole('an event', ({ JsonLogsSerializer, ProtobufLogsSerializer }) =>
    protocol === 'http/json' ? JsonLogsSerializer : ProtobufLogsSerializer,
  );
}

/** One item that cannot be written must not take the others with it. */
function whole<Item>(
  item: string,
  choose: (from: Transformer) => Serialiser<Item>,
): Serialise<Item> {
  const serialise = lazily(choose);
  return (items) => {
    try {
      return serialise(items);
    } catch (error) {
      const good = items.filter((each) => safely(item, () => serialise([each])) !== undefined);
      if (good.length === 0) throw error;
      return serialise(good);
    }
  };
}

function lazily<Item>(choose: (from: Transformer) => Serialiser<Item>): Serialise<Item> {
  let loaded: Serialiser<Item> | null = null;
  return (items) => {
    loaded ??= choose(
      createRequire(import.meta.url)('@opentelemetry/otlp-transformer') as Transformer,
    );
    const bytes = loaded.serializeRequest(items);
    if (bytes === undefined) throw new Error('the serialiser returned nothing');
    return bytes;
  };
}
