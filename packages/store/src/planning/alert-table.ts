// Rules of alerts that organisations set, and the incidents: one row for each time that a rule held.

import { usd } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import { count, money, nullable, text } from '../clickhouse/field.ts';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Shares, factors and dollars alike are whole numbers of 10⁻¹². */
export interface AlertRule {
  /** Once in an organisation; the name of a standard rule takes its place. */
  readonly name: string;
  readonly question: string;
  /** The agent, tool or budget it is about; '' for each. */
  readonly subject: string;
  /** Holds where the value is above it. */
  readonly threshold: bigint;
  readonly window_s: number;
  /** It must hold this long first. */
  readonly for_s: number;
  readonly severity: Severity;
  readonly enabled: boolean;
}

export interface StoredRule extends AlertRule {
  readonly org_id: string;
  /** The id of the key that set it. */
  readonly set_by: string;
}

/** `none`: nobody is to be told; `given_up`: nobody took it. */
export const MESSAGE_STATES = ['none', 'waiting', 'sent', 'given_up'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

export interface Incident {
  readonly org_id: string;
  readonly incident_id: string;
  readonly rule: string;
  readonly question: string;
  readonly subject: string;
  readonly severity: Severity;
  readonly state: 'firing' | 'resolved';
  readonly threshold: bigint;
  /** As it was when it fired. */
  readonly value: bigint | null;
  readonly window_s: number;
  /** In words. */
  readonly evidence: string;
  readonly began_s: number;
  readonly resolved_s: number | null;
  readonly firing_message: MessageState;
  readonly resolved_message: MessageState;
  readonly attempts: number;
  readonly next_attempt_s: number;
  readonly last_failure: string;
}

/** Rules that an organisation may set. */
export const RULES_MAX = 100;
/** Incidents that hold at once in an organisation, and of all those that are read to be told. */
export const OPEN_INCIDENTS_MAX = 1_000;

const RULE_COLUMNS =
  'org_id, name, question, subject, threshold, window_s, for_s, severity, enabled, set_by';
const INCIDENT_COLUMNS = `org_id, incident_id, rule, question, subject, severity, state, threshold,
  value, window_s, evidence, toUnixTimestamp(began_at) AS began_s,
  toUnixTimestamp(resolved_at) AS resolved_s, firing_message, resolved_message, attempts,
  toUnixTimestamp(next_attempt_at) AS next_attempt_s, last_failure`;

export class AlertTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** By name. `*` is every organisation. */
  async rules(org_id: string): Promise<StoredRule[]> {
    const rows = await this.#connection.rows(
      `SELECT ${RULE_COLUMNS} FROM alert_rules FINAL
       WHERE ({org:String} = '*' OR org_id = {org:String}) AND NOT is_removed
       ORDER BY org_id, name LIMIT ${RULES_MAX} BY org_id`,
      { org: org_id },
    );
    return rows.map(ruleOf);
  }

  async setRule(rule: StoredRule, is_removed = false): Promise<void> {
    await this.#connection.command(
      `INSERT INTO alert_rules (${RULE_COLUMNS}, is_removed)
       SELECT {org_id:String}, {name:String}, {question:String}, {subject:String},
         toDecimal128({threshold:String}, 12), {window_s:UInt32}, {for_s:UInt32}, {severity:String},
         {enabled:Bool}, {set_by:String}, {is_removed:Bool}`,
      { ...rule, threshold: usd(rule.threshold), is_removed },
    );
  }

  /** The latest first; none of before the organisation's data was deleted. */
  async incidents(org_id: string, limit: number): Promise<Incident[]> {
    const rows = await this.#connection.rows(
      `SELECT ${INCIDENT_COLUMNS} FROM alert_incidents FINAL WHERE org_id = {org:String}
         AND began_at >= (SELECT toDateTime(max(to_time)) FROM deletions FINAL
           WHERE org_id = {org:String} AND kind = 'organisation' AND state != 'listing')
       ORDER BY state = 'firing' DESC, began_at DESC, incident_id LIMIT {limit:UInt32}`,
      { org: org_id, limit },
    );
    return rows.map(incidentOf);
  }

  /** What holds now. */
  async firing(org_id: string): Promise<Incident[]> {
    const rows = await this.#connection.rows(
      `SELECT ${INCIDENT_COLUMNS} FROM alert_incidents FINAL
       WHERE org_id = {org:String} AND state = 'firing'
       ORDER BY began_at, incident_id LIMIT ${OPEN_INCIDENTS_MAX}`,
      { org: org_id },
    );
    return rows.map(incidentOf);
  }

  /** Organisations in which something holds, with how much does. */
  async firingCounts(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#connection.rows(
      `SELECT org_id, count() AS incidents FROM alert_incidents FINAL WHERE state = 'firing'
       GROUP BY org_id ORDER BY org_id`,
    );
    return new Map(
      rows.map((row) => [text(row['org_id'], 'org_id'), count(row['incidents'], 'incidents')]),
    );
  }

  /** Of all organisations: what somebody is still to be told, whose turn comes first first. */
  async untold(): Promise<Incident[]> {
    const rows = await this.#connection.rows(
      `SELECT ${INCIDENT_COLUMNS} FROM alert_incidents FINAL
       WHERE firing_message = 'waiting' OR resolved_message = 'waiting'
       ORDER BY next_attempt_at, began_at, incident_id LIMIT ${OPEN_INCIDENTS_MAX}`,
    );
    return rows.map(incidentOf);
  }

  async write(incident: Incident): Promise<void> {
    await this.#connection.command(
      `INSERT INTO alert_incidents (org_id, incident_id, rule, question, subject, severity, state,
         threshold, value, window_s, evidence, began_at, resolved_at, firing_message,
         resolved_message, attempts, next_attempt_at, last_failure)
       SELECT {org_id:String}, {incident_id:String}, {rule:String}, {question:String},
         {subject:String}, {severity:String}, {state:String}, toDecimal128({threshold:String}, 12),
         toDecimal128OrNull({value:String}, 12), {window_s:UInt32}, {evidence:String},
         toDateTime({began_s:UInt32}), {resolved_s:Nullable(UInt32)}, {firing_message:String},
         {resolved_message:String}, {attempts:UInt32}, toDateTime({next_attempt_s:UInt32}),
         {last_failure:String}`,
      { ...incident, threshold: usd(incident.threshold), value: usd(incident.value) ?? '' },
    );
  }
}

type Row = Readonly<Record<string, unknown>>;

function word<T extends string>(row: Row, name: string, list: readonly T[]): T {
  const found = list.find((one) => one === row[name]);
  if (found === undefined) throw new TypeError(`cannot read ${name}: ${String(row[name])}`);
  return found;
}

function ruleOf(row: Row): StoredRule {
  return {
    org_id: text(row['org_id'], 'org_id'),
    name: text(row['name'], 'name'),
    question: text(row['question'], 'question'),
    subject: text(row['subject'], 'subject'),
    threshold: money(row['threshold'], 'threshold'),
    window_s: count(row['window_s'], 'window_s'),
    for_s: count(row['for_s'], 'for_s'),
    severity: word(row, 'severity', SEVERITIES),
    enabled: row['enabled'] === true,
    set_by: text(row['set_by'], 'set_by'),
  };
}

function incidentOf(row: Row): Incident {
  return {
    org_id: text(row['org_id'], 'org_id'),
    incident_id: text(row['incident_id'], 'incident_id'),
    rule: text(row['rule'], 'rule'),
    question: text(row['question'], 'question'),
    subject: text(row['subject'], 'subject'),
    severity: word(row, 'severity', SEVERITIES),
    state: word(row, 'state', ['firing', 'resolved'] as const),
    threshold: money(row['threshold'], 'threshold'),
    value: nullable(money)(row['value'], 'value'),
    window_s: count(row['window_s'], 'window_s'),
    evidence: text(row['evidence'], 'evidence'),
    began_s: count(row['began_s'], 'began_s'),
    resolved_s: nullable(count)(row['resolved_s'], 'resolved_s'),
    firing_message: word(row, 'firing_message', MESSAGE_STATES),
    resolved_message: word(row, 'resolved_message', MESSAGE_STATES),
    attempts: count(row['attempts'], 'attempts'),
    next_attempt_s: count(row['next_attempt_s'], 'next_attempt_s'),
    last_failure: text(row['last_failure'], 'last_failure'),
  };
}
