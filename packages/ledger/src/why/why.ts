// Why an agent did not run in a conversation. What is known of its own runs comes first; without any, what
// others did that would have led to it. That nobody called it is said only where a call would have
// been seen.

import { attemptsOf, type Attempt, type Now } from './attempt.ts';
import {
  evidenceOf,
  inOrder,
  surer,
  SURENESS,
  WHY_VERDICTS,
  type Habit,
  type Unseen,
  type Why,
  type WhyFinding,
  type WhyRow,
} from './evidence.ts';

/** More of one verdict says no more. */
const EVIDENCE_MAX = 50;
/** So often seen in this kind of conversation, it would have been seen in this one. */
const HABIT_TIMES = 3;

/** Pure: whatever the order of rows, the same. Rows are those of the conversation, habits those of others. */
export function why(
  agent: string,
  rows: readonly WhyRow[],
  habits: readonly Habit[],
  now: Now,
): Why {
  const attempts = attemptsOf(rows, now);
  const own = attempts.filter(({ agent_name }) => agent_name === agent);
  const direct = findingsOf(own);
  const around = own.length > 0 ? [] : indirect(agent, rows, habits, attempts);
  const all: WhyFinding[] = [...direct, ...stops(agent, rows), ...around];
  const unseen = own.length === 0 ? unseenIn(agent, rows, habits) : [];
  if (own.length === 0) all.push(absence(agent, rows, habits, attempts, unseen));
  const merged = mergedOf(all);
  const first = own.length > 0 ? directFirst(merged, own) : surest(merged);
  const also = merged.filter((finding) => finding !== first);
  return {
    ...first,
    also,
    unseen: first.verdict === 'never_observed' ? unseen : [],
    habits: habits.toSorted(byHabit),
  };
}

/** It ran well at least once, or else what became of it last. */
function directFirst(findings: readonly WhyFinding[], own: readonly Attempt[]): WhyFinding {
  const rank = ({ verdict }: { verdict: WhyFinding['verdict'] }) => WHY_VERDICTS.indexOf(verdict);
  const last = own.toSorted((one, other) =>
    one.began_ns === other.began_ns
      ? rank(one) - rank(other)
      : one.began_ns > other.began_ns
        ? -1
        : 1,
  )[0];
  const fired = findings.find(({ verdict }) => verdict === 'fired_successfully');
  return fired ?? findings.find(({ verdict }) => verdict === last?.verdict) ?? surest(findings);
}

/** What is likely at least; or else that it was not called, or not seen. */
function surest(findings: readonly WhyFinding[]): WhyFinding {
  const order = findings.toSorted(
    (one, other) =>
      SURENESS.indexOf(other.sure) - SURENESS.indexOf(one.sure) ||
      WHY_VERDICTS.indexOf(one.verdict) - WHY_VERDICTS.indexOf(other.verdict),
  );
  const telling = order.find(({ verdict, sure }) => !isAbsence(verdict) && sure !== 'possible');
  return telling ?? order.find(({ verdict }) => isAbsence(verdict)) ?? NOTHING;
}

const NOTHING: WhyFinding = { verdict: 'never_observed', sure: 'certain', evidence: [] };

function isAbsence(verdict: WhyFinding['verdict']): boolean {
  return verdict === 'never_invoked' || verdict === 'never_observed';
}

/** One finding for each verdict, as sure as the surest and with all evidence. */
function mergedOf(findings: readonly WhyFinding[]): WhyFinding[] {
  return WHY_VERDICTS.flatMap((verdict) => {
    const same = findings.filter((finding) => finding.verdict === verdict);
    if (same.length === 0) return [];
    const evidence = inOrder(same.flatMap((finding) => finding.evidence)).slice(-EVIDENCE_MAX);
    const sure = same.map((finding) => finding.sure).reduce(surer);
    return [{ verdict, sure, evidence }];
  });
}

function findingsOf(attempts: readonly Attempt[]): WhyFinding[] {
  return attempts.map(({ verdict, sure, evidence }) => ({ verdict, sure, evidence }));
}

/** A budget that named the agent. */
function stops(agent: string, rows: readonly WhyRow[]): WhyFinding[] {
  return rows.flatMap((row) => {
    if (row.event !== 'budget_stopped' || !namesAgent(row, agent)) return [];
    const evidence = [evidenceOf(row, row.event, row.attributes['spanledger.budget.name'] ?? '')];
    return [{ verdict: 'budget_stopped', sure: 'certain', evidence }];
  });
}

function namesAgent({ agent_name, attributes }: WhyRow, agent: string): boolean {
  return (attributes['spanledger.budget.agent'] ?? agent_name) === agent;
}

/** What others did that keeps an agent from running. */
function indirect(
  agent: string,
  rows: readonly WhyRow[],
  habits: readonly Habit[],
  attempts: readonly Attempt[],
): WhyFinding[] {
  const callers = new Set(habits.map(({ parent_agent }) => parent_agent).filter(Boolean));
  const routes = rows.filter(({ event }) => event === 'route');
  const choosing = new Set(
    routes.filter((row) => chosenIn(row) === agent).map((row) => row.trace_id),
  );
  const near = ({ agent_name, trace_id }: Attempt): boolean =>
    callers.has(agent_name) || choosing.has(trace_id);
  const findings: WhyFinding[] = [];
  const chosen_ns = lastOf(routes.filter((row) => chosenIn(row) === agent));
  const elsewhere = routes.filter((row) => {
    const chosen = chosenIn(row);
    if (chosen === agent || chosen === '') return false;
    return candidatesIn(row).includes(agent) || callers.has(row.agent_name);
  });
  // Where it was chosen last, what was chosen before is not why it did not run.
  for (const row of lastOf(elsewhere) > chosen_ns ? elsewhere : []) {
    const [chosen, declared] = [chosenIn(row), candidatesIn(row).includes(agent)];
    const reason = row.attributes['spanledger.route.reason'];
    const detail = `chose ${chosen}${reason === undefined ? '' : `: ${reason}`}`;
    const evidence = [evidenceOf(row, 'route', detail)];
    findings.push({ verdict: 'routed_elsewhere', sure: declared ? 'certain' : 'likely', evidence });
  }
  for (const attempt of attempts) {
    const { verdict, evidence } = attempt;
    const sure = near(attempt) ? 'likely' : 'possible';
    if (verdict === 'failed') findings.push({ verdict: 'upstream_failed', sure, evidence });
    if (verdict === 'budget_stopped') findings.push({ verdict, sure, evidence });
    // It may still be called.
    if (verdict === 'still_running') findings.push({ verdict, sure: 'likely', evidence });
  }
  return findings;
}

function lastOf(rows: readonly WhyRow[]): bigint {
  return rows.reduce((last, { time_ns }) => (time_ns > last ? time_ns : last), -1n);
}

function chosenIn({ attributes }: WhyRow): string {
  return attributes['spanledger.route.chosen'] ?? '';
}

function candidatesIn({ attributes }: WhyRow): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(attributes['spanledger.route.candidates'] ?? '[]');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** Why a call of the agent may have been there without being seen. */
function unseenIn(agent: string, rows: readonly WhyRow[], habits: readonly Habit[]): Unseen[] {
  const traces = rows.filter(({ what }) => what === 'trace');
  if (rows.length === 0) return ['no_data'];
  const number = ({ attributes }: WhyRow, name: string) => Number(attributes[name] ?? '0');
  const services = new Set(rows.map(({ service_name }) => service_name));
  const ran = habits.filter(({ how }) => how === 'ran');
  const unseen: Unseen[] = [];
  const known = new Set(traces.map(({ trace_id }) => trace_id));
  const incomplete = (row: WhyRow) => number(row, 'roots') === 0 || number(row, 'orphans') > 0;
  if (rows.some(({ trace_id }) => !known.has(trace_id)) || traces.some(incomplete))
    unseen.push('traces_incomplete');
  if (traces.some((row) => number(row, 'sampled') > 0)) unseen.push('sampled');
  if (ran.length === 0) unseen.push('agent_unknown');
  else if (!ran.some(({ service_name }) => services.has(service_name)))
    unseen.push('agent_of_other_services');
  if (rows.some((row) => row.event === 'route' && chosenIn(row) === agent)) unseen.push('chosen');
  return unseen;
}

/** At most likely: a whole turn that was never sent leaves no trace. */
function absence(
  agent: string,
  rows: readonly WhyRow[],
  habits: readonly Habit[],
  attempts: readonly Attempt[],
  unseen: readonly Unseen[],
): WhyFinding {
  const traces = rows.filter(({ what }) => what === 'trace');
  const evidence = traces.map((row) =>
    evidenceOf(row, 'trace', `${row.attributes['spans'] ?? '?'} spans, none of ${agent}`),
  );
  if (unseen.length > 0) return { verdict: 'never_observed', sure: 'certain', evidence };
  const entries = new Set(attempts.map(({ agent_name }) => agent_name));
  const times = habits
    .filter(({ how, entry_agent }) => how === 'ran' && entries.has(entry_agent))
    .reduce((sum, habit) => sum + habit.times, 0);
  return { verdict: 'never_invoked', sure: times >= HABIT_TIMES ? 'likely' : 'possible', evidence };
}

function byHabit(one: Habit, other: Habit): number {
  const key = ({ how, service_name, entry_agent, parent_agent }: Habit): string =>
    [how, service_name, entry_agent, parent_agent].join('\n');
  return other.times - one.times || (key(one) < key(other) ? -1 : 1);
}
