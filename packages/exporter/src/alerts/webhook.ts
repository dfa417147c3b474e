// Tells a webhook of an incident that began or ended: signed, so that its receiver knows us, and under an id
// that stays the same, so that it can tell a message that came twice.

import { createHmac } from 'node:crypto';
import { usd } from '@spanledger/ledger';
import type { Incident, MessageState } from '@spanledger/store';
import { ALERT_QUESTIONS, type AlertQuestion } from './alert-rules.ts';

export interface Hook {
  readonly url: string;
  /** '' signs nothing. */
  readonly secret: string;
}

/** An attempt that takes longer has failed. */
export const HOOK_WAIT_MS = 10_000;
/** Then nobody is told any more, and the log says so: after about two days. */
export const ATTEMPTS_MAX = 50;
const FIRST_RETRY_S = 15;
const LONGEST_RETRY_S = 3_600;
const FAILURE_LENGTH_MAX = 200;
const MS_PER_S = 1_000;

/** The message that is to be sent next; the first one first. Null for none. */
export function nextMessage(incident: Incident): 'firing' | 'resolved' | null {
  if (incident.firing_message === 'waiting') return 'firing';
  return incident.resolved_message === 'waiting' ? 'resolved' : null;
}

/** Sends it once; the incident as it is to be kept then. */
export async function tell(
  hook: Hook,
  incident: Incident,
  message: 'firing' | 'resolved',
  now_s: number,
): Promise<Incident> {
  const failure = await attempt(hook, incident, message, now_s);
  const field = message === 'firing' ? 'firing_message' : 'resolved_message';
  const set = (state: MessageState): Incident => ({ ...incident, [field]: state });
  if (failure === null)
    return { ...set('sent'), attempts: 0, next_attempt_s: now_s, last_failure: '' };
  const attempts = incident.attempts + 1;
  const wait_s = Math.min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** (attempts - 1));
  const state = attempts >= ATTEMPTS_MAX ? 'given_up' : 'waiting';
  return { ...set(state), attempts, next_attempt_s: now_s + wait_s, last_failure: failure };
}

/** Null for a message that was taken. */
async function attempt(
  { url, secret }: Hook,
  incident: Incident,
  message: string,
  now_s: number,
): Promise<string | null> {
  const body = JSON.stringify(bodyOf(incident, message));
  const signature = createHmac('sha256', secret).update(`${now_s}.${body}`).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-spanledger-delivery': `${incident.incident_id}:${message}`,
    ...(secret === '' ? {} : { 'x-spanledger-signature': `t=${now_s},v1=${signature}` }),
  };
  try {
    const signal = AbortSignal.timeout(HOOK_WAIT_MS);
    const init = { method: 'POST', headers, body, signal, redirect: 'error' } as const;
    const response = await fetch(url, init);
    await response.body?.cancel();
    return response.ok ? null : `status ${response.status}`;
  } catch (error) {
    return String((error as Error).message).slice(0, FAILURE_LENGTH_MAX);
  }
}

function bodyOf(incident: Incident, state: string): unknown {
  const { incident_id, org_id, rule, question, subject, severity, window_s, evidence } = incident;
  return {
    ...{ incident_id, state, org_id, rule, question, subject, severity, window_s, evidence },
    meaning: ALERT_QUESTIONS[question as AlertQuestion]?.meaning ?? '',
    ...{ threshold: usd(incident.threshold), value: usd(incident.value) },
    began_at: timeText(incident.began_s),
    resolved_at: incident.resolved_s === null ? null : timeText(incident.resolved_s),
  };
}

function timeText(time_s: number): string {
  return new Date(time_s * MS_PER_S).toISOString().replace('.000Z', 'Z');
}
