// What has to meet. The rules join records of different traces also where they share no id; settling
// trace by trace must therefore read around a trace what such a rule could join to it, and no more.
// This mirrors the rules from the wide side: it may connect what they keep apart, never the reverse.

import type { Fact } from '../fact.ts';
import { figuresAgree } from '../usage/agreement.ts';
import { looksLikeCall } from './calls.ts';
import { AFTER_END_NS, BEFORE_START_NS } from './events.ts';
import { modelsOf, shareModel, WITHIN_SERVICE_NS } from './likeness.ts';
import { HANDLE_AFTER_NS, HANDLE_BEFORE_NS, STREAM_APART_NS } from './streams.ts';

/** No rule joins records without an id that lie further apart in time than this. */
export const REACH_NS = BigInt(Math.max(AFTER_END_NS, STREAM_APART_NS, WITHIN_SERVICE_NS));

/**
 * A call record that may belong to one in another trace without sharing its id. Of two that are
 * joined so, at least one is such; an ordinary emitter writes none.
 */
export function seeksOthers(fact: Fact): boolean {
  if (!looksLikeCall({ fact })) return false;
  if (fact.signal !== 'span') return isLoose(fact);
  return isMarked(fact) || isHandle(fact) || isStreamEnd(fact);
}

/** Written somewhere else than beneath the call, or after it: D2d. */
export function isMarked({ marks }: Fact): boolean {
  return marks.includes('not_current') || marks.includes('written_after');
}

/** D9: a root without figures and id may be the handle of a stream that another root reads. */
export function isHandle(fact: Fact): boolean {
  return fact.response_id === '' && isSilentRoot(fact);
}

function isSilentRoot({ parent_span_id, input_tokens, output_tokens }: Fact): boolean {
  return parent_span_id === '' && !input_tokens && !output_tokens;
}

/** D9: the second record of a stream, as a root of its own. */
export function isStreamEnd({ parent_span_id, marks }: Fact): boolean {
  return parent_span_id === '' && marks.includes('stream_end');
}

/** A span whose conversation the calls beneath it inherit, be it a call itself or not. */
export function namesConversation({ signal, conversation_id }: Fact): boolean {
  return signal === 'span' && conversation_id !== '';
}

/**
 * Whether two call records of one organisation may be told of one call, as far as they say; of an
 * event and a span that names a conversation, whether that span or a call beneath it may.
 */
export function mayTellOneCall(a: Fact, b: Fact): boolean {
  return mayBePair(a, b) || areBeside(a, b);
}

/** The rules of D7 and D9 that need no group to decide. */
export function areBeside(a: Fact, b: Fact): boolean {
  if (isLoose(a) || isLoose(b)) {
    if (a.emitter_event_id !== '' && a.emitter_event_id === b.emitter_event_id) return true;
    if (isLoose(a)) return isLoose(b) ? areLone(a, b) : isOfConversation(a, b);
    return isOfConversation(b, a);
  }
  if (a.signal !== 'span' || b.signal !== 'span' || a.service_name !== b.service_name) return false;
  return mayBeHandle(a, b) || mayBeHandle(b, a) || mayBeStream(a, b) || mayBeStream(b, a);
}

/** A log event without trace context. */
function isLoose({ signal, trace_id }: Fact): boolean {
  return signal === 'log' && trace_id === '';
}

/** D2d, whichever is the outer one, and whatever the groups of the two add. */
function mayBePair(a: Fact, b: Fact): boolean {
  if (a.signal !== 'span' || b.signal !== 'span' || a.service_name !== b.service_name) return false;
  if (!isMarked(a) && !isMarked(b)) return false;
  if (a.kind !== b.kind || a.scope_name === b.scope_name) return false;
  if (a.response_id !== '' && b.response_id !== '') return false;
  // One that has an id may stand beside others with that id, and its call is then what they all say.
  const grouped = (isMarked(a) && a.response_id !== '') || (isMarked(b) && b.response_id !== '');
  const apart = grouped ? REACH_NS : WITHIN;
  if (a.start_time > endOf(b) + apart || b.start_time > endOf(a) + apart) return false;
  return nameOneModel(a, b) && (grouped || figuresAgree(a, b));
}

function mayBeHandle(handle: Fact, call: Fact): boolean {
  if (!isHandle(handle) || call.parent_span_id !== '') return false;
  if (handle.scope_name === call.scope_name) return false;
  const after = Number(call.start_time - endOf(handle));
  if (after < -HANDLE_BEFORE_NS || after > HANDLE_AFTER_NS) return false;
  return shareModel(modelsOf(handle), modelsOf(call));
}

function mayBeStream(end: Fact, request: Fact): boolean {
  if (!isStreamEnd(end) || !isSilentRoot(request)) return false;
  if (end.scope_name !== request.scope_name || isStreamEnd(request)) return false;
  if (Math.abs(Number(endOf(request) - end.start_time)) > STREAM_APART_NS) return false;
  return modelsOf(end)[0] === modelsOf(request)[0];
}

/** D7: an event without a trace and a span of its conversation, in time. */
function isOfConversation(event: Fact, span: Fact): boolean {
  const same = event.conversation_id === span.conversation_id;
  return same && namesConversation(span) && isInTime(event, span, AFTER_END_NS);
}

export function isInTime(event: Fact, call: Fact, before_ns = BEFORE_START_NS): boolean {
  const before = Number(call.start_time - endOf(event));
  const after = Number(endOf(event) - endOf(call));
  return before <= before_ns && after <= AFTER_END_NS;
}

/** Another record of the same call may name the model that this one leaves out. */
export function nameOneModel(event: Fact, other: Fact): boolean {
  const [models, others] = [modelsOf(event), modelsOf(other)];
  return models.length === 0 || others.length === 0 || shareModel(models, others);
}

/** D7: two events of one moment with different names. */
function areLone(a: Fact, b: Fact): boolean {
  if (a.trace_id !== b.trace_id || a.name === b.name) return false;
  if (a.service_name !== b.service_name) return false;
  if (a.conversation_id !== b.conversation_id) return false;
  if (Math.abs(Number(a.start_time - b.start_time)) > AFTER_END_NS) return false;
  return nameOneModel(a, b);
}

const WITHIN = BigInt(WITHIN_SERVICE_NS);

function endOf({ start_time, duration_ns }: Fact): bigint {
  return start_time + duration_ns;
}
