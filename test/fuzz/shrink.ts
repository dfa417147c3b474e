// A failing input made smaller while it breaks the same law: fewer records, fewer attributes, fewer
// bytes. What is left is small enough to read.

import type { Block } from '@spanledger/ledger';
import { send, type Input } from './inputs.ts';
import { faultOf } from './laws.ts';
import type { Message } from './otlp.ts';
import { Random } from './random.ts';

const TRIES_MAX = 400;

export function shrink(input: Input, law: string, seed: number, block: Block): Input {
  let tries = 0;
  const breaks = (candidate: Input): boolean =>
    tries++ < TRIES_MAX && faultOf(candidate, new Random(seed, input.number), block)?.law === law;
  const smaller = input.tellings.length > 0 ? fewerParts(input, seed, breaks) : input;
  return input.tellings.length > 0 ? smaller : fewerBytes(input, breaks);
}

function remade(input: Input, seed: number, tellings: Input['tellings']): Input {
  return { ...input, tellings, sent: send(new Random(seed, input.number), tellings) };
}

function fewerParts(input: Input, seed: number, breaks: (candidate: Input) => boolean): Input {
  let best = input;
  for (let i = best.tellings.length - 1; i >= 0; i--) {
    const candidate = remade(best, seed, best.tellings.toSpliced(i, 1));
    if (candidate.tellings.length > 0 && breaks(candidate)) best = candidate;
  }
  for (let i = 0; i < best.tellings.length; i++) {
    const count = ((best.tellings[i]!.record['attributes'] ?? []) as Message[]).length;
    for (let step = Math.max(1, count >> 1); step >= 1; step >>= 1) {
      for (let at = 0; ;) {
        const telling = best.tellings[i]!;
        const attributes = (telling.record['attributes'] ?? []) as Message[];
        if (at >= attributes.length) break;
        const record = { ...telling.record, attributes: attributes.toSpliced(at, step) };
        const candidate = remade(best, seed, best.tellings.with(i, { ...telling, record }));
        if (breaks(candidate)) best = candidate;
        else at += step;
      }
    }
  }
  return best;
}

function fewerBytes(input: Input, breaks: (candidate: Input) => boolean): Input {
  let best = input;
  const [first] = input.sent;
  if (first === undefined) return input;
  for (let step = first.bytes.length >> 1; step >= 1; step >>= 1) {
    for (let at = 0; at < best.sent[0]!.bytes.length;) {
      const { bytes } = best.sent[0]!;
      const left = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + step)]);
      const candidate = { ...best, sent: [{ ...first, bytes: left }] };
      if (breaks(candidate)) best = candidate;
      else at += step;
    }
  }
  return best;
}
