// What an agent says of its own run: why it does not respond, whom it hands over to, how far it is.
// Outside of a run, and without a registered provider, nothing happens; nothing here throws.

import { context, type Attributes } from '@opentelemetry/api';
import { contextAttributes } from '../context/agent-context.ts';
import { currentRun, type AgentRun } from './agent-run.ts';
import { givenNote, givenNumber, givenPairs, givenText, givenTexts } from '../context/given.ts';
import { putGivenContent } from './given-content.ts';
import { EXECUTION_ID } from '../own-attributes.ts';
import { put } from '../calls/request.ts';
import * as own from '../run-attributes.ts';
import { safely } from '../safely.ts';

export interface Skip {
  /** How sure the agent is that it need not respond, from 0 to 1. */
  confidence?: number;
  reasoning?: string;
}

export interface Route {
  /** The names of those that could have been chosen; at most 32. */
  candidates?: readonly string[];
  chosen: string;
  reason?: string;
}

/** The statuses of a usual run; any other word will do. */
export type Status =
  | 'pending'
  | 'running'
  | 'llm_request'
  | 'llm_response'
  | 'success'
  | 'failed'
  | 'timeout'
  | 'cancelled'
  | 'skipped'
  | (string & {});

export interface CurrentExecution {
  /** The run's own id; null where the program gave none. */
  execution_id: string | null;
  trace_id: string;
  span_id: string;
}

const TEXT_LIMIT_CHARS = 1024;
const CANDIDATES_LIMIT = 32;

/** The agent decided not to respond: the run's status is `skipped`, and the reason stands with it. */
export function skip(decision: Skip = {}): void {
  onRun((run) => noteSkip(run, decision));
}

/** A router chose: whom, among whom, and why. */
export function route(decision: Route): void {
  onRun((run) => noteRoute(run, decision));
}

/** What the run made. Content: recorded only where content is; of a text its size is. */
export function setOutput(output: unknown): void {
  onRun((run) => noteOutput(run, output));
}

/** A line of the run's own log, sent as it is: at most 1,024 characters and 32 fields. */
export function log(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  onRun((run) => noteLog(run, message, fields));
}

/** How far the run is. The last of success, failed, timeout, cancelled and skipped stays. */
export function setStatus(status: Status): void {
  onRun((run) => noteStatus(run, status));
}

/** The ids of the run that this code is a part of, for log lines of one's own; null outside. */
export function currentExecution(): CurrentExecution | null {
  const found = safely('a run', () => {
    const run = currentRun();
    if (run === null) return null;
    const { traceId, spanId } = run.span.spanContext();
    const id = contextAttributes(context.active())?.[EXECUTION_ID];
    return { execution_id: typeof id === 'string' ? id : null, trace_id: traceId, span_id: spanId };
  });
  return found ?? null;
}

function onRun(step: (run: AgentRun) => void): void {
  safely('a note', () => {
    const run = currentRun();
    if (run !== null) step(run);
  });
}

export function noteSkip(run: AgentRun, decision: unknown): void {
  const attributes: Attributes = {};
  put(attributes, own.SKIP_CONFIDENCE, givenNumber(decision, 'confidence', 1));
  put(attributes, own.SKIP_REASONING, givenNote(decision, 'reasoning', own.SKIP_REASONING));
  run.span.setAttributes(attributes);
  run.note(own.EXECUTION_SKIP, attributes);
  run.setStatus('skipped');
}

export function noteRoute(run: AgentRun, decision: unknown): void {
  const attributes: Attributes = {};
  put(attributes, own.ROUTE_CANDIDATES, givenTexts(decision, 'candidates', CANDIDATES_LIMIT));
  put(attributes, own.ROUTE_CHOSEN, cut(givenText(decision, 'chosen')));
  put(attributes, own.ROUTE_REASON, givenNote(decision, 'reason', own.ROUTE_REASON));
  run.note(own.EXECUTION_ROUTE, attributes);
}

export function noteOutput(run: AgentRun, output: unknown): void {
  const attributes: Attributes = {};
  putGivenContent(attributes, own.OUTPUT, own.OUTPUT_SIZE, output);
  run.put(attributes);
}

export function noteLog(run: AgentRun, message: unknown, fields: unknown): void {
  const text = givenNote({ message }, 'message', own.EXECUTION_LOG);
  if (text !== null) run.note(own.EXECUTION_LOG, givenPairs(fields, own.LOG_FIELD_PREFIX), text);
}

export function noteStatus(run: AgentRun, status: unknown): void {
  const word = givenText({ status }, 'status') ?? '';
  if (word !== '') run.setStatus(word);
}

function cut(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text.slice(0, TEXT_LIMIT_CHARS);
}
