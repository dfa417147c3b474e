// Evaluates the rules of alerts, some organisations a turn, and tells the webhook what began and ended. It
// gives way to settling, and what it has to tell is in a table before it is told.

import { OPEN_INCIDENTS_MAX, type AlertRule, type Incident } from '@spanledger/store';
import { MEASURES } from './alert-measures.ts';
import { rulesOf, type AlertQuestion } from './alert-rules.ts';
import { hookOf } from './hook-of.ts';
import { judge, resolved, type Holding } from './incidents.ts';
import { nextMessage, tell } from './webhook.ts';
import type { Stages } from '../stages.ts';

/** Organisations that one turn evaluates; the others have theirs in the next ones. */
export const ORGANISATIONS_PER_TURN = 20;
export const MESSAGES_PER_TURN = 20;
/** Rules of organisations that hold and have not fired; what is beyond waits from the start again. */
export const HOLDING_MAX = 10_000;
/** Where settling is this late, a turn is left out. */
const LATE_MS = 5_000;
/** An organisation that was silent for longer is looked at no more. */
const ACTIVE_S = 2 * 86_400;
/** Replicas that started together do not stay so. */
const JITTER = 0.2;
const NS_PER_S = 1_000_000_000n;

export class AlertLoop {
  readonly #stages: Stages;
  /** Since when rules hold, by organisation and rule. */
  readonly #holding = new Map<string, Holding>();
  /** Organisations whose turn is still to come in this round. */
  #orgs: string[] = [];
  #callOff: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(stages: Stages) {
    this.#stages = stages;
    stages.metrics.source('spanledger_alert_rules_holding', () => this.#holding.size);
  }

  start(): void {
    if (this.#stages.config.alerts.enabled) this.#sleep();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#callOff?.();
    await this.#running;
  }

  #sleep(): void {
    if (this.#stopped) return;
    const { clock, config } = this.#stages;
    // What of the clock is finer than anybody plans is as good as chance here.
    const chance = (clock.now() * 1_000) % 1;
    const wait_ms = config.alerts.turn_ms * (1 + JITTER * (chance - 0.5));
    this.#callOff = clock.after(wait_ms, () => {
      this.#running = this.#turn().finally(() => this.#sleep());
    });
  }

  async #turn(): Promise<void> {
    const { metrics, log, dirty, store } = this.#stages;
    if (dirty.age_ms > LATE_MS) {
      metrics.count('spanledger_alert_turns_total', { outcome: 'gave_way' });
      return;
    }
    try {
      const now_s = Number((await store.serverTime()) / NS_PER_S);
      if (this.#orgs.length === 0) this.#orgs = await this.#organisations(now_s);
      const orgs = this.#orgs.splice(0, ORGANISATIONS_PER_TURN);
      for (const org of orgs) {
        if (this.#stopped) return;
        await this.#evaluate(org, now_s);
      }
      const counts = [...(await store.alerts.firingCounts()).values()];
      metrics.set(
        'spanledger_alerts_firing',
        counts.reduce((all, one) => all + one, 0),
      );
      await this.#tell(now_s);
      metrics.count('spanledger_alert_turns_total', { outcome: 'done' });
    } catch (error) {
      metrics.count('spanledger_alert_turns_total', { outcome: 'failed' });
      log.warn({ reason: (error as Error).message }, 'alerts: turn failed');
    }
  }

  async #organisations(now_s: number): Promise<string[]> {
    const { store } = this.#stages;
    const active = await store.organisations(now_s - ACTIVE_S, now_s);
    const firing = await store.alerts.firingCounts();
    return [...new Set([...firing.keys(), ...active, ...this.#stages.drifted.keys()])];
  }

  async #evaluate(org: string, now_s: number): Promise<void> {
    const { store, metrics, log } = this.#stages;
    const rules = rulesOf(await store.alerts.rules(org));
    const open = await store.alerts.firing(org);
    for (const rule of rules) {
      try {
        await this.#evaluateRule(org, rule, now_s, open);
      } catch (error) {
        metrics.count('spanledger_alert_turns_total', { outcome: 'rule_failed' });
        log.warn({ org, rule: rule.name, reason: (error as Error).message }, 'alerts: rule failed');
      }
    }
    // A rule that is no more holds for nothing.
    const names = new Set(rules.map(({ name }) => name));
    for (const one of open) {
      if (!names.has(one.rule)) await store.alerts.write(resolved(one, now_s));
    }
  }

  async #evaluateRule(
    org: string,
    rule: AlertRule,
    now_s: number,
    open: readonly Incident[],
  ): Promise<void> {
    const { store, metrics, log, config } = this.#stages;
    const key = JSON.stringify([org, rule.name]);
    const asked = { org, from_s: now_s - rule.window_s, to_s: now_s };
    const measured = rule.enabled
      ? await MEASURES[rule.question as AlertQuestion](this.#stages, asked, rule)
      : [];
    if (measured === null) return;
    const before = this.#holding.get(key) ?? new Map<string, number>();
    const tells = hookOf(config.alerts) !== null;
    const { holding, changed } = judge(org, rule, measured, open, before, now_s, tells);
    if (holding.size === 0) this.#holding.delete(key);
    else if (this.#holding.size < HOLDING_MAX) this.#holding.set(key, holding);
    for (const incident of changed) {
      // Of more than are read nobody knows which fire already: none is told twice, and the rest wait.
      if (incident.state === 'firing' && open.length >= OPEN_INCIDENTS_MAX) continue;
      await store.alerts.write(incident);
      const { state, subject, severity, evidence } = incident;
      metrics.count('spanledger_alerts_total', { state });
      log.warn({ org, rule: rule.name, subject, severity, evidence }, `alert: ${state}`);
    }
  }

  async #tell(now_s: number): Promise<void> {
    const { store, config, metrics, log } = this.#stages;
    const hook = hookOf(config.alerts);
    if (hook === null) return;
    let left = MESSAGES_PER_TURN;
    for (const incident of await store.alerts.untold()) {
      if (this.#stopped || left === 0) return;
      if (incident.next_attempt_s > now_s) continue;
      let told = incident;
      for (let next = nextMessage(told); next !== null && left > 0; next = nextMessage(told)) {
        left -= 1;
        told = await tell(hook, told, next, now_s);
        await store.alerts.write(told);
        const outcome = told.last_failure === '' ? 'sent' : 'failed';
        metrics.count('spanledger_alert_messages_total', { outcome });
        if (outcome === 'failed') {
          const { incident_id, attempts, last_failure } = told;
          log.warn({ incident_id, attempts, reason: last_failure }, 'alerts: webhook failed');
          break;
        }
      }
    }
  }
}
