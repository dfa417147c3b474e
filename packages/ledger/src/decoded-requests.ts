// Requests of files, decoded into one block: what accounts and explanations start from.

import { Block, readFacts } from './block.ts';
import { decodeTraces } from './decode.ts';
import { SpanledgerError } from './errors.ts';
import type { Fact } from './fact.ts';
import { decodeLogs } from './logs.ts';
import { decodeMetrics } from './metrics.ts';
import type { Receipt, RefusalReason } from './receipt.ts';
import type { OtlpRequest } from './requests.ts';

/** Spans, log records or data points of one request that were refused. */
export interface Refusal {
  readonly request: OtlpRequest;
  readonly what: 'spans' | 'logs' | 'points';
  readonly reason: RefusalReason;
  readonly count: number;
}

const ORGANISATION = 'default';

const WHAT = { traces: 'spans', logs: 'logs', metrics: 'points' } as const;
const DECODERS = { traces: decodeTraces, logs: decodeLogs, metrics: decodeMetrics } as const;

/** The facts of requests, as the service would store them; `refused` hears of what has none. */
export function factsOf(
  requests: readonly OtlpRequest[],
  refused: (refusal: Refusal) => void = () => {},
): readonly Fact[] {
  return readFacts(blockOf(requests, refused));
}

/** All requests in one block. */
export function blockOf(
  requests: readonly OtlpRequest[],
  refused: (refusal: Refusal) => void,
): Block {
  const block = new Block();
  for (const request of requests) {
    const what = WHAT[request.signal];
    for (const [reason, count] of decode(request, block).refused) {
      refused({ request, what, reason, count });
    }
  }
  return block;
}

/** Says of a request that cannot be decoded where it stands. */
function decode({ signal, body, file, line }: OtlpRequest, block: Block): Receipt {
  try {
    return DECODERS[signal](body, block, { org_id: ORGANISATION });
  } catch (error) {
    if (!(error instanceof SpanledgerError)) throw error;
    const place = line === null ? file : `${file} line ${line}`;
    const detail = error.detail === '' ? place : `${place}, ${error.detail}`;
    throw new SpanledgerError(error.code, detail, { cause: error });
  }
}
