// Calls that a provider makes to a model within one answer, and bills beside it: each is a span of its
// own beneath the call's, because a span tells the tokens of one model.

import {
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type Attributes,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { CALL_WITHIN, EXECUTION_ID, LABEL_PREFIX, ORGANISATION, STAGE } from '../own-attributes.ts';
import * as names from '../semantic-conventions.ts';

export interface InnerCall {
  /** What the provider calls it: advisor_message, compaction. */
  readonly kind: string;
  readonly model: string | null;
  /** Its usage; empty where it cannot be told apart. */
  readonly usage: Attributes;
}

const INNER_CALLS_LIMIT = 64;
const OPERATION = 'chat';

/** Who was asked and for whom: the same as for the call itself. */
const COMMON: readonly string[] = [
  ...[names.PROVIDER_NAME, names.SERVER_ADDRESS, names.SERVER_PORT],
  ...[names.AGENT_NAME, names.AGENT_ID, names.CONVERSATION_ID, names.USER_ID],
  ...[names.WORKFLOW_NAME, EXECUTION_ID, ORGANISATION, STAGE],
];

const noted = new WeakMap<Attributes, readonly InnerCall[]>();

/** Told when the call ends that gets these attributes. */
export function noteInnerCalls(attributes: Attributes, calls: readonly InnerCall[]): void {
  if (calls.length > 0) noted.set(attributes, calls.slice(0, INNER_CALLS_LIMIT));
}

/** `attributes`: those of the call's end; `span`: the call's, still open. */
export function tellInnerCalls(span: Span, tracer: Tracer, attributes: Attributes): void {
  const calls = noted.get(attributes);
  if (calls === undefined) return;
  noted.delete(attributes);
  const common = commonOf(span);
  const above = trace.setSpan(ROOT_CONTEXT, span);
  for (const { kind, model, usage } of calls) {
    const all: Attributes = {
      ...common,
      [names.OPERATION_NAME]: OPERATION,
      [CALL_WITHIN]: kind,
      ...usage,
    };
    if (model !== null) all[names.RESPONSE_MODEL] = model;
    const name = model === null ? OPERATION : `${OPERATION} ${model}`;
    tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes: all }, above).end();
  }
}

/** As OpenTelemetry's own SDK keeps them; of a span of another kind nothing is known. */
function commonOf(span: Span): Attributes {
  const { attributes = {} } = span as { attributes?: Attributes };
  return Object.fromEntries(
    Object.entries(attributes).filter(
      ([name]) => COMMON.includes(name) || name.startsWith(LABEL_PREFIX),
    ),
  );
}
