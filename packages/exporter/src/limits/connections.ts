// Who is connected. Connections are bounded, and a flood of idle ones keeps nobody out: the longest
// idle one makes room for a new one, and those that never were answered well go first. A caller that
// pipelines without end or does not read its answers is cut off.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { ConnectionEnd } from '../metrics/metric-labels.ts';

interface State {
  /** Requests that wait for the end of their answers. */
  open: number;
  /** One of its requests was answered well. */
  known: boolean;
  /** Bytes of answers that the caller has taken, and since when there were no more. */
  taken_bytes: number;
  since_ms: number;
}

export interface ConnectionLimits {
  readonly connections_max: number;
  readonly pipelined_requests_max: number;
  readonly answer_wait_ms: number;
}

const CHECKS_PER_WAIT = 4;
const FIRST_REFUSED_STATUS = 400;

export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #clock: Clock;
  readonly #onEnd: (reason: ConnectionEnd) => void;
  readonly #states = new Map<Socket, State>();
  /** The longest idle first. */
  readonly #idleStrangers = new Set<Socket>();
  readonly #idleKnown = new Set<Socket>();
  #callOff: (() => void) | null = null;

  constructor(limits: ConnectionLimits, clock: Clock, onEnd: (reason: ConnectionEnd) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#states.size;
  }

  /** Requests of this connection that are not answered yet. */
  openRequests(socket: Socket): number {
    return this.#states.get(socket)?.open ?? 0;
  }

  /** A new connection; the longest idle one makes room for it where it must. */
  add(socket: Socket): void {
    if (this.#states.size >= this.#limits.connections_max) {
      const [oldest] = this.#idleStrangers.size > 0 ? this.#idleStrangers : this.#idleKnown;
      this.#end(oldest ?? socket, oldest === undefined ? 'too_many' : 'idle_for_a_new_one');
      if (oldest === undefined) return;
    }
    const since_ms = this.#clock.now();
    this.#states.set(socket, { open: 0, known: false, taken_bytes: 0, since_ms });
    this.#idleStrangers.add(socket);
    socket.on('close', () => this.#forget(socket));
    this.#callOff ??= this.#sleep();
  }

  /** A request begins; false when its connection has too many and is closed. */
  begin(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    const state = this.#states.get(socket);
    if (state === undefined) return true;
    if (state.open >= this.#limits.pipelined_requests_max) {
      this.#end(socket, 'pipelined');
      return false;
    }
    state.open++;
    this.#idleStrangers.delete(socket);
    this.#idleKnown.delete(socket);
    response.on('close', () => {
      state.open--;
      state.known ||= response.headersSent && response.statusCode < FIRST_REFUSED_STATUS;
      if (state.open > 0 || !this.#states.has(socket)) return;
      (state.known ? this.#idleKnown : this.#idleStrangers).add(socket);
    });
    return true;
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = null;
  }

  #end(socket: Socket, reason: ConnectionEnd): void {
    this.#onEnd(reason);
    this.#forget(socket);
    socket.destroy();
  }

  #forget(socket: Socket): void {
    this.#states.delete(socket);
    this.#idleStrangers.delete(socket);
    this.#idleKnown.delete(socket);
  }

  #sleep(): () => void {
    return this.#clock.after(this.#limits.answer_wait_ms / CHECKS_PER_WAIT, () => {
      this.#endUnread();
      this.#callOff = this.#states.size > 0 ? this.#sleep() : null;
    });
  }

  #endUnread(): void {
    const now = this.#clock.now();
    for (const [socket, state] of this.#states) {
      const taken_bytes = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || taken_bytes !== state.taken_bytes) {
        state.taken_bytes = taken_bytes;
        state.since_ms = now;
      } else if (now - state.since_ms >= this.#limits.answer_wait_ms) {
        this.#end(socket, 'answer_not_read');
      }
    }
  }
}
