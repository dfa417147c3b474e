// The routes about alerts: what holds and held, the rules, and setting one of one's own.

import { SpanledgerError, usd } from '@spanledger/ledger';
import {
  RULES_MAX,
  SEVERITIES,
  type AlertRule,
  type Incident,
  type StoredRule,
} from '@spanledger/store';
import { z } from 'zod';
import {
  ALERT_QUESTIONS,
  ALERT_QUESTION_NAMES,
  rulesOf,
  STANDARD_RULES,
} from '../alerts/alert-rules.ts';
import type { AlertQuestion } from '../alerts/alert-rules.ts';
import { pageLimit } from './paging.ts';
import { route, type Route } from './route.ts';
import type { Stages } from '../stages.ts';

const INCIDENTS_MAX = 500;
const INCIDENTS_USUAL = 50;
const PICO_DIGITS = 12;
const MS_PER_S = 1_000;
const WINDOW_MAX_S = 31 * 86_400;
const WINDOW_MIN_S = 60;

const ruleName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  .describe('1 to 64 letters, digits and . _ -, with a letter or digit first');
const subject = z.string().max(200).describe('the name of an agent, tool or budget');
const threshold = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,12})?$/)
  .describe('a decimal, as in "0.5" or "100"');

const RULE = {
  name: ruleName,
  question: z.enum(ALERT_QUESTION_NAMES).describe(ALERT_QUESTION_NAMES.join(', ')).optional(),
  subject: subject.optional(),
  threshold: threshold.optional(),
  window_s: z
    .int()
    .min(WINDOW_MIN_S)
    .max(WINDOW_MAX_S)
    .describe(`seconds from ${WINDOW_MIN_S} to ${WINDOW_MAX_S}`)
    .optional(),
  for_s: z.int().min(0).max(86_400).describe('seconds from 0 to 86400').optional(),
  severity: z.enum(SEVERITIES).describe(SEVERITIES.join(', ')).optional(),
  enabled: z.boolean().describe('true, false').optional(),
};

export function alertRoutes(stages: Stages): readonly Route[] {
  const { alerts } = stages.store;
  return [
    route({
      method: 'GET',
      path: '/api/v1/alerts',
      meaning: 'What holds now and what held, the latest first, with what was told of it.',
      parameters: { limit: pageLimit(INCIDENTS_MAX, INCIDENTS_USUAL).optional() },
      answer: async (org, { limit = INCIDENTS_USUAL }) => ({
        alerts: (await alerts.incidents(org, limit)).map(incidentAnswer),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/alerts/rules',
      meaning:
        'The rules of alerts: the standard ones, and those of the organisation in their place.',
      parameters: {},
      answer: async (org) => ({ rules: rulesOf(await alerts.rules(org)).map(ruleAnswer) }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/alerts/rules',
      meaning:
        'Sets a rule; what is left out is as in the rule of that name, or in the standard rule of its question.',
      role: 'admin',
      parameters: RULE,
      answer: async (org_id, given, { key_id }) => {
        const own = await alerts.rules(org_id);
        const rule = ruleOf(org_id, given, own, key_id);
        await alerts.setRule(rule);
        return ruleAnswer(rule);
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/alerts/rules/:name',
      meaning: 'Removes a rule of the organisation; a standard rule of that name holds again.',
      role: 'admin',
      parameters: { name: ruleName },
      answer: async (org, { name }) => {
        const found = (await alerts.rules(org)).find((one) => one.name === name);
        if (found === undefined) throw new SpanledgerError('not_found', `rule ${name}`);
        await alerts.setRule(found, true);
        return { removed: name };
      },
    }),
  ];
}

type GivenRule = z.output<z.ZodObject<typeof RULE>>;

function ruleOf(
  org_id: string,
  given: GivenRule,
  own: readonly StoredRule[],
  set_by: string,
): StoredRule {
  const before = own.find(({ name }) => name === given.name);
  if (before === undefined && own.length >= RULES_MAX) {
    throw new SpanledgerError('invalid_parameter', `name; allowed: ${RULES_MAX} rules`);
  }
  const question = given.question ?? before?.question ?? given.name;
  const base = before ?? STANDARD_RULES.find((one) => one.question === question);
  if (base === undefined || (before !== undefined && before.question !== question)) {
    const allowed = before?.question ?? ALERT_QUESTION_NAMES.join(', ');
    throw new SpanledgerError('invalid_parameter', `question; allowed: ${allowed}`);
  }
  return {
    ...{ org_id, set_by, name: given.name, question, subject: given.subject ?? base.subject },
    threshold: given.threshold === undefined ? base.threshold : picoOf(given.threshold),
    ...{ window_s: given.window_s ?? base.window_s, for_s: given.for_s ?? base.for_s },
    ...{ severity: given.severity ?? base.severity, enabled: given.enabled ?? true },
  };
}

function picoOf(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(PICO_DIGITS, '0'));
}

function ruleAnswer({ threshold, ...rule }: AlertRule | StoredRule): unknown {
  const { name, question, subject, window_s, for_s, severity, enabled } = rule;
  const { unit, meaning } = ALERT_QUESTIONS[question as AlertQuestion];
  return {
    ...{
      name,
      question,
      subject: subject === '' ? null : subject,
      threshold: usd(threshold),
      unit,
    },
    ...{ window_s, for_s, severity, enabled, meaning, standard: !('set_by' in rule) },
  };
}

function incidentAnswer(incident: Incident): unknown {
  const { org_id: _, began_s, resolved_s, next_attempt_s: __, ...rest } = incident;
  return {
    ...rest,
    ...{ threshold: usd(incident.threshold), value: usd(incident.value) },
    subject: incident.subject === '' ? null : incident.subject,
    began_at: timeText(began_s),
    resolved_at: resolved_s === null ? null : timeText(resolved_s),
  };
}

function timeText(time_s: number): string {
  return new Date(time_s * MS_PER_S).toISOString().replace('.000Z', 'Z');
}
