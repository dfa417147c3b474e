// What follows from what a rule measured: pure, from what held before and the time. A rule holds for its
// `for` before it fires, and fires once until it no longer holds.

import { createHash } from 'node:crypto';
import type { AlertRule, Incident } from '@spanledger/store';

export interface Measured {
  /** The agent, tool or budget; '' for the organisation. */
  readonly subject: string;
  /** Null where there is nothing to measure: then the rule does not hold. */
  readonly value: bigint | null;
  readonly evidence: string;
}

/** Since when a rule holds, in seconds, by rule and subject. */
export type Holding = ReadonlyMap<string, number>;

export interface Outcome {
  readonly holding: Holding;
  /** Incidents that began or ended now. */
  readonly changed: readonly Incident[];
}

const ID_DIGITS = 32;
const MINUTE_S = 60;

export function judge(
  org_id: string,
  rule: AlertRule,
  measured: readonly Measured[],
  open: readonly Incident[],
  before: Holding,
  now_s: number,
  tells: boolean,
): Outcome {
  const holding = new Map<string, number>();
  const changed: Incident[] = [];
  const firing = new Map(
    open.flatMap((one) =>
      one.org_id === org_id && one.rule === rule.name && one.state === 'firing'
        ? [[one.subject, one] as const]
        : [],
    ),
  );
  for (const one of measured) {
    if (rule.subject !== '' && one.subject !== rule.subject) continue;
    if (one.value === null || one.value <= rule.threshold) continue;
    const since_s = before.get(one.subject) ?? now_s;
    holding.set(one.subject, since_s);
    if (firing.delete(one.subject) || now_s - since_s < rule.for_s) continue;
    changed.push(begun(org_id, rule, one, since_s, now_s, tells));
  }
  for (const ended of firing.values()) changed.push(resolved(ended, now_s));
  return { holding, changed };
}

function begun(
  org_id: string,
  rule: AlertRule,
  { subject, value, evidence }: Measured,
  began_s: number,
  now_s: number,
  tells: boolean,
): Incident {
  return {
    ...{ org_id, subject, value, evidence, began_s },
    incident_id: idOf(org_id, rule.name, subject, began_s),
    ...{ rule: rule.name, question: rule.question, severity: rule.severity, state: 'firing' },
    ...{ threshold: rule.threshold, window_s: rule.window_s, resolved_s: null },
    ...{ firing_message: tells ? 'waiting' : 'none', resolved_message: 'none' },
    ...{ attempts: 0, next_attempt_s: now_s, last_failure: '' },
  };
}

/** Whoever is to hear that it began is to hear that it ended. */
export function resolved(incident: Incident, now_s: number): Incident {
  const told = incident.firing_message !== 'none';
  return {
    ...incident,
    ...{ state: 'resolved', resolved_s: now_s, resolved_message: told ? 'waiting' : 'none' },
  };
}

/** The same wherever it is seen within a minute, so that replicas tell of one incident. */
function idOf(org_id: string, rule: string, subject: string, began_s: number): string {
  const minute = Math.floor(began_s / MINUTE_S);
  const text = JSON.stringify([org_id, rule, subject, minute]);
  return createHash('sha256').update(text).digest('hex').slice(0, ID_DIGITS);
}
