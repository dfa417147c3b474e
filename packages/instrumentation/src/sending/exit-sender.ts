// The thread that sends the last spans while the ending process waits for it, and tells when it
// is done. It runs alone in its file: nothing of the program is loaded here.

import { workerData } from 'node:worker_threads';
import { OtlpRequests, type Destination } from './otlp-request.ts';

export interface LastRequests {
  requests: readonly { to: Destination; bytes: Uint8Array }[];
  /** Set to 1 when every receiver has answered, to 2 when one could not be reached. */
  done: SharedArrayBuffer;
}

const { requests, done } = workerData as LastRequests;
const flag = new Int32Array(done);
// This thread must stay while its only sockets are let go of.
const alive = setInterval(() => {}, 1000);
const outcomes = await Promise.all(
  requests.map(({ to, bytes }) => new OtlpRequests(to).send(bytes)),
);
Atomics.store(flag, 0, outcomes.includes('again') ? 2 : 1);
Atomics.notify(flag, 0);
clearInterval(alive);
