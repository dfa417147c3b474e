// Traces as bytes at almost no cost: each template is serialised once by the official SDK, and a
// trace of it is a copy with its own ids and times written over the template's.

import { emptyTruth, feed, type FeedTruth } from '../feed.ts';

/** Which spans of a trace: all, or one side of a trace whose children and root come apart. */
export type Part = 'whole' | 'children' | 'root';

/** A stretch of traces that follow one another in number and in time; what is sent and acknowledged. */
export interface Piece {
  readonly id: number;
  readonly first: number;
  readonly traces: number;
  readonly part: Part;
  /** Nanoseconds since 1970 of the first trace, as text because it is more than a number holds. */
  readonly start_ns: string;
}

export const SPANS: Readonly<Record<Part, number>> = { whole: 8, children: 7, root: 1 };
const TEMPLATES = 64;
const TRACE_EVERY_NS = 2_000_000n;
/** Ids that must not be shared by traces, or the ledger would join what is apart. */
const OWN_IDS = ['gen_ai.response.id', 'gen_ai.tool.call.id', 'session.id'];
const CONVERSATION = 'gen_ai.conversation.id';
const TRACES_PER_CONVERSATION = 20;
const ID_DIGITS = 12;

/** Where what differs from trace to trace lies in the bytes of a template. */
interface Places {
  readonly bytes: Buffer;
  readonly traces: number[];
  /** Of spans and of their parents: the first half is the trace's number, the rest the template's. */
  readonly spans: number[];
  readonly times: { readonly at: number; readonly since_ns: bigint }[];
  /** Where the last digits of an id begin. */
  readonly ids: number[];
  readonly conversations: number[];
}

export class TraceTemplates {
  readonly #seed: number;
  readonly #templates: Readonly<Record<Part, Places>>[] = [];
  readonly #truths: FeedTruth[] = [];

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    for (let number = 0; number < TEMPLATES; number++) {
      const truth = emptyTruth();
      const options = { seed: this.#seed * TEMPLATES + number, traces: 1, start_ns: 0n };
      const [whole] = feed({ ...options, spansPerRequest: SPANS.whole }, truth);
      const [children, root] = feed({ ...options, spansPerRequest: SPANS.children }, emptyTruth());
      if (!whole || !children || !root) throw new Error('a template lacks a part');
      this.#templates.push({
        whole: placesOf(whole.body),
        children: placesOf(children.body),
        root: placesOf(root.body),
      });
      this.#truths.push(truth);
    }
  }

  /** The first digits of every trace id, so that ClickHouse can be asked for a range of traces. */
  traceId(trace: number): string {
    return this.#seed.toString(16).padStart(8, '0') + trace.toString(16).padStart(12, '0');
  }

  truthOf(trace: number): FeedTruth {
    return this.#truths[trace % TEMPLATES] as FeedTruth;
  }

  /** Bytes that can be joined with others into one request: lists of spans simply follow. */
  bytesOf(piece: Piece): Buffer {
    const start_ns = BigInt(piece.start_ns);
    const parts: Buffer[] = [];
    for (let step = 0; step < piece.traces; step++) {
      const trace = piece.first + step;
      const places = this.#templates[trace % TEMPLATES]?.[piece.part] as Places;
      parts.push(this.#written(places, trace, start_ns + BigInt(step) * TRACE_EVERY_NS));
    }
    return Buffer.concat(parts);
  }

  #written(places: Places, trace: number, start_ns: bigint): Buffer {
    const bytes = Buffer.from(places.bytes);
    const digits = trace.toString(16).padStart(ID_DIGITS, '0');
    const conversation = Math.floor(trace / TRACES_PER_CONVERSATION).toString(16);
    for (const at of places.traces) {
      bytes.writeUInt32BE(this.#seed, at);
      bytes.writeUIntBE(trace, at + 4, 6);
    }
    for (const at of places.spans) bytes.writeUInt32BE(trace >>> 0, at);
    for (const { at, since_ns } of places.times) bytes.writeBigUInt64LE(start_ns + since_ns, at);
    for (const at of places.ids) bytes.write(digits, at, 'latin1');
    for (const at of places.conversations) {
      bytes.write(conversation.padStart(ID_DIGITS, '0'), at, 'latin1');
    }
    return bytes;
  }
}

/** Field numbers of OTLP's messages, as far as they are walked here. */
const RESOURCE_SPANS = 1;
const SCOPE_SPANS = 2;
const SCOPE_SPANS_SPAN = 2;
const SPAN = { trace: 1, span: 2, parent: 4, start: 7, end: 8, attribute: 9 } as const;

function placesOf(body: Uint8Array): Places {
  const bytes = Buffer.from(body);
  const places: Places = {
    ...{ bytes, traces: [], spans: [], times: [], ids: [], conversations: [] },
  };
  for (const resource of fieldsOf(bytes, 0, bytes.length)) {
    if (resource.field !== RESOURCE_SPANS) continue;
    for (const scope of fieldsOf(bytes, resource.from, resource.to)) {
      if (scope.field !== SCOPE_SPANS) continue;
      for (const span of fieldsOf(bytes, scope.from, scope.to)) {
        if (span.field === SCOPE_SPANS_SPAN) findPlaces(places, span);
      }
    }
  }
  return places;
}

interface Field {
  readonly field: number;
  /** Where its content lies. */
  readonly from: number;
  readonly to: number;
}

function findPlaces(places: Places, span: Field): void {
  const { bytes } = places;
  for (const { field, from, to } of fieldsOf(bytes, span.from, span.to)) {
    if (field === SPAN.trace) places.traces.push(from);
    if ((field === SPAN.span || field === SPAN.parent) && to > from) places.spans.push(from);
    if (field === SPAN.start || field === SPAN.end) {
      places.times.push({ at: from, since_ns: bytes.readBigUInt64LE(from) });
    }
    if (field !== SPAN.attribute) continue;
    const [key, value] = [...fieldsOf(bytes, from, to)];
    if (!key || !value) continue;
    const name = bytes.toString('utf8', key.from, key.to);
    if (OWN_IDS.includes(name)) places.ids.push(value.to - ID_DIGITS);
    if (name === CONVERSATION) places.conversations.push(value.to - ID_DIGITS);
  }
}

/** The fields of one message, by wire type: what is not bytes is given with its own width. */
function* fieldsOf(bytes: Buffer, from: number, to: number): Generator<Field> {
  let at = from;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] as number;
      value += (byte % 128) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < to) {
    const tag = varint();
    const begin = at;
    switch (tag & 7) {
      case 0:
        varint();
        yield { field: tag >>> 3, from: begin, to: at };
        break;
      case 1:
        at += 8;
        yield { field: tag >>> 3, from: begin, to: at };
        break;
      case 2: {
        const length = varint();
        const content = at;
        at += length;
        yield { field: tag >>> 3, from: content, to: at };
        break;
      }
      default:
        at += 4;
    }
  }
}
