// How long a number takes: from the answer to a request until its calls stand in the roll-up, at a
// steady load, exporter and ClickHouse on the same two cores as the sender.

import { setTimeout as sleep } from 'node:timers/promises';
import { emptyTruth, feed } from '../feed.ts';
import { post } from '../sender.ts';
import { Service } from '../service.ts';
import { quantile } from './process-cost.ts';

export interface FreshnessFigures {
  p50_ms: number;
  p95_ms: number;
  probes: number;
  spans_per_second: number;
}

const SPANS_PER_SECOND = 5_000;
const SPANS_PER_REQUEST = 200;
const DURATION_S = 30;
const WARM_UP_S = 10;
const POLL_MS = 50;
const HEADERS = { 'content-type': 'application/x-protobuf' };

export async function benchFreshness(): Promise<FreshnessFigures> {
  const service = await Service.start();
  try {
    const truth = emptyTruth();
    const start_ns = BigInt(Date.now()) * 1_000_000n;
    const traces = (SPANS_PER_SECOND * DURATION_S) / 8;
    const requests = feed({ seed: 5, traces, spansPerRequest: SPANS_PER_REQUEST, start_ns }, truth);
    // Calls acknowledged so far, and when; the watcher pairs them with the roll-up's own count.
    const acknowledged: { calls: number; at_ms: number }[] = [];
    const lags_ms: number[] = [];
    const sent = send(service, requests, truth, acknowledged);
    const watching = watch(service, acknowledged, lags_ms, sent);
    // Whichever fails, the service is stopped: a benchmark leaves no process behind.
    await Promise.all([sent, watching]);
    const probes = lags_ms.slice(Math.floor((lags_ms.length * WARM_UP_S) / DURATION_S));
    return {
      p50_ms: Math.round(quantile(probes, 0.5)),
      p95_ms: Math.round(quantile(probes, 0.95)),
      probes: probes.length,
      spans_per_second: SPANS_PER_SECOND,
    };
  } finally {
    await service.stop();
  }
}

async function send(
  service: Service,
  requests: Iterable<{ body: Uint8Array }>,
  truth: { calls: number },
  acknowledged: { calls: number; at_ms: number }[],
): Promise<void> {
  const interval_ms = (1000 * SPANS_PER_REQUEST) / SPANS_PER_SECOND;
  const begun = performance.now();
  let index = 0;
  const answers: Promise<void>[] = [];
  const refused: number[] = [];
  for (const { body } of requests) {
    const calls = truth.calls;
    await sleep(Math.max(0, begun + index++ * interval_ms - performance.now()));
    answers.push(
      post(`${service.url}/v1/traces`, body, HEADERS).then(({ status }) => {
        if (status === 200) acknowledged.push({ calls, at_ms: performance.now() });
        else refused.push(status);
      }),
    );
  }
  await Promise.all(answers);
  if (refused.length > 0) throw new Error(`load refused with ${refused.join(', ')}`);
}

async function watch(
  service: Service,
  acknowledged: readonly { calls: number; at_ms: number }[],
  lags_ms: number[],
  sent: Promise<void>,
): Promise<void> {
  let done = false;
  const end = (): void => {
    done = true;
  };
  sent.then(end, end);
  let seen = 0;
  for (;;) {
    const [row] = await service.sql<{ calls: number }>(
      'SELECT sum(calls) AS calls FROM usage_minute FINAL',
    );
    const now = performance.now();
    for (
      let next = acknowledged[seen];
      next && next.calls <= (row?.calls ?? 0);
      next = acknowledged[seen]
    ) {
      lags_ms.push(now - next.at_ms);
      seen++;
    }
    if (done && seen === acknowledged.length) return;
    await sleep(POLL_MS);
  }
}
