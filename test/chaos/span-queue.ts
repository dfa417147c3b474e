// The durable end of the load: it makes spans, hands them to senders, and keeps what no sender has
// said to be acknowledged, as a collector's queue on disk would. So it knows the truth as it goes.

import type { FeedTruth } from '../feed.ts';
import { emptyTruth, seededRandom } from '../feed.ts';
import { SPANS, type Part, type Piece, type TraceTemplates } from './trace-template.ts';

const TRACES_PER_PIECE = 5;
const NS_PER_MS = 1_000_000n;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Shares of the pieces. */
const SPLIT = 0.15;
const HOURS_LATE = 0.04;
const CLOCK_OFF = 0.06;
const HOURS_LATE_MAX = 5;
const CLOCK_OFF_MINUTES_MAX = 7;
/** The other side of a split trace comes this much later at most. */
const SPLIT_WAIT_MAX_MS = 40_000;

/** Where the traces of a stretch of time lie: their numbers, and the hours of their spans. */
export interface Stretch {
  readonly first: number;
  end: number;
  from_ms: number;
  to_ms: number;
}

export class SpanQueue {
  readonly truth: FeedTruth = emptyTruth();
  /** Spans of pieces that a sender reported, each once. */
  acknowledged_spans = 0;
  /** Spans handed to a sender again because no one had reported them. */
  handed_again_spans = 0;
  readonly stretches: Stretch[] = [];
  readonly #templates: TraceTemplates;
  readonly #random: () => number;
  #traces = 0;
  #pieces = 0;
  #ready: Piece[] = [];
  #later: { readonly due_ms: number; readonly piece: Piece }[] = [];
  readonly #held = new Map<number, { readonly sender: string; readonly piece: Piece }>();

  constructor(templates: TraceTemplates, seed: number) {
    this.#templates = templates;
    this.#random = seededRandom(seed ^ 0x51ed);
  }

  /** Pieces that no sender has reported yet. */
  get open(): number {
    return this.#ready.length + this.#later.length + this.#held.size;
  }

  get held(): number {
    return this.#held.size;
  }

  heldBy(sender: string): number {
    let held = 0;
    for (const one of this.#held.values()) if (one.sender === sender) held++;
    return held;
  }

  /** What is made from now on is a stretch of its own, which can be checked by itself. */
  beginStretch(): void {
    this.#end();
    this.stretches.push({ first: this.#traces, end: this.#traces, from_ms: Infinity, to_ms: 0 });
  }

  /** A piece of traces of about `at_ms`; most of them whole, some late, some in two parts. */
  make(at_ms: number, now_ms: number): void {
    const random = this.#random;
    const start_ms = at_ms + this.#shift_ms();
    const split = random() < SPLIT;
    const piece = (part: Part): Piece => ({
      ...{ id: this.#pieces++, first: this.#traces, traces: TRACES_PER_PIECE, part },
      start_ns: String(BigInt(Math.floor(start_ms)) * NS_PER_MS),
    });
    if (split) {
      const childrenFirst = random() < 0.5;
      this.#ready.push(piece(childrenFirst ? 'children' : 'root'));
      const due_ms = now_ms + random() * SPLIT_WAIT_MAX_MS;
      this.#later.push({ due_ms, piece: piece(childrenFirst ? 'root' : 'children') });
    } else this.#ready.push(piece('whole'));
    this.#count(start_ms);
  }

  /** Up to `count` pieces for a sender; it holds them until it reports them or dies. */
  hand(sender: string, count: number, now_ms: number): Piece[] {
    const due = this.#later.filter(({ due_ms }) => due_ms <= now_ms);
    if (due.length > 0) {
      this.#ready.push(...due.map(({ piece }) => piece));
      this.#later = this.#later.filter(({ due_ms }) => due_ms > now_ms);
    }
    const pieces = this.#ready.splice(0, count);
    for (const piece of pieces) this.#held.set(piece.id, { sender, piece });
    return pieces;
  }

  /** Reported once more, or by a sender that has died since, a piece counts once. */
  acknowledge(id: number): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    this.#held.delete(id);
    this.acknowledged_spans += spansOf(held.piece);
  }

  /** A dead sender's pieces: nobody knows which of them arrived, so all are sent again. */
  takeBack(sender: string): void {
    for (const [id, held] of this.#held) {
      if (held.sender !== sender) continue;
      this.#held.delete(id);
      this.handed_again_spans += spansOf(held.piece);
      this.#ready.push(held.piece);
    }
  }

  #shift_ms(): number {
    const kind = this.#random();
    if (kind < HOURS_LATE) return -HOUR_MS * (1 + Math.floor(this.#random() * HOURS_LATE_MAX));
    if (kind > HOURS_LATE + CLOCK_OFF) return 0;
    return MINUTE_MS * CLOCK_OFF_MINUTES_MAX * (2 * this.#random() - 1);
  }

  #count(start_ms: number): void {
    for (let step = 0; step < TRACES_PER_PIECE; step++) {
      const own = this.#templates.truthOf(this.#traces + step);
      for (const name of Object.keys(own) as (keyof FeedTruth)[]) this.truth[name] += own[name];
    }
    this.#traces += TRACES_PER_PIECE;
    this.#end();
    const stretch = this.stretches.at(-1);
    if (stretch === undefined) return;
    stretch.from_ms = Math.min(stretch.from_ms, start_ms);
    stretch.to_ms = Math.max(stretch.to_ms, start_ms);
  }

  #end(): void {
    const stretch = this.stretches.at(-1);
    if (stretch !== undefined) stretch.end = this.#traces;
  }
}

export function spansOf(piece: Piece): number {
  return piece.traces * SPANS[piece.part];
}
