// Model calls that are told by hand: each is the span that our instrumentation would send of it.

import { randomUUID } from 'node:crypto';
import { callAttributes, SpanledgerError, TOLD_TOKENS, type ToldCall } from '@spanledger/ledger';
import { nanoseconds, placeOf, sendSpan, type Source } from './by-hand-body.ts';
import { errorOf, runOf, type GivenError } from './by-hand-runs.ts';
import type { Stages } from '../stages.ts';

const OPERATIONS = {
  inference: 'chat',
  inference_stream: 'chat',
  embedding: 'embeddings',
  rerank: 'rerank',
} as const;

interface GivenCall
  extends Omit<ToldCall, 'operation' | 'error' | 'streaming' | 'action_type'>, Source {
  readonly call_id?: string | undefined;
  readonly action?: string | undefined;
  readonly operation?: string | undefined;
  readonly call_type?: keyof typeof OPERATIONS | undefined;
  readonly duration_ms?: number | undefined;
  readonly ended_at?: number | undefined;
  readonly error?: GivenError | undefined;
}

export interface ToldCallPlace {
  readonly call_id: string;
  readonly trace_id: string;
  readonly span_id: string;
}

export async function recordCall(
  stages: Stages,
  org: string,
  { call_id = randomUUID(), duration_ms = 0, ended_at, ...given }: GivenCall,
): Promise<ToldCallPlace> {
  if (given.model === undefined && TOLD_TOKENS.every((field) => given[field] === undefined)) {
    throw new SpanledgerError('invalid_parameter', 'model=missing; allowed: a model or its tokens');
  }
  const own = placeOf(org, 'call', call_id);
  const run =
    given.execution_id === undefined ? null : await runOf(stages, org, given.execution_id);
  const place = { trace_id: run?.trace_id ?? own.trace_id, span_id: own.span_id };
  const { call_type, action, error, operation = OPERATIONS[call_type ?? 'inference'] } = given;
  const streaming = call_type === undefined ? undefined : call_type === 'inference_stream';
  const told = { ...given, operation, action_type: action, streaming, error: errorOf(error) };
  const end_ns = nanoseconds(ended_at ?? Date.now());
  await sendSpan(stages, org, given, {
    ...place,
    parent_span_id: run?.span_id ?? '',
    name: given.model === undefined ? operation : `${operation} ${given.model}`,
    kind: 'client',
    start_ns: end_ns - nanoseconds(duration_ms),
    end_ns,
    attributes: callAttributes(told),
    failed: error !== undefined,
  });
  return { call_id, ...place };
}
