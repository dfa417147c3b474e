// The metrics of what goes on in the background: the check of what is stored, and judging answers.

import { VERIFY_LEVELS } from '@spanledger/store';
import type { MetricEntry } from './metric-list.ts';

export const BACKGROUND_METRICS = {
  spanledger_drift_steps_total: {
    type: 'counter',
    help: 'Steps of the background check of what is stored, by outcome; gave_way: settling was late or all blocks were taken.',
    labels: { outcome: ['done', 'gave_way', 'failed'] },
  },
  spanledger_drift_rounds_total: {
    type: 'counter',
    help: 'Times that the background check was through with all organisations.',
  },
  spanledger_drift_rows_total: {
    type: 'counter',
    help: 'Ledger rows that the background check derived again and compared.',
  },
  spanledger_drift_checked_from_seconds: {
    type: 'gauge',
    help: 'Start of the hours that the background check looked at last, in seconds since 1970.',
  },
  spanledger_drift_checked_to_seconds: {
    type: 'gauge',
    help: 'End of the hours that the background check looked at last, in seconds since 1970.',
  },
  spanledger_drift_suspects: {
    type: 'gauge',
    help: 'Places where something differed and that wait for their second look.',
  },
  spanledger_drift_differences_total: {
    type: 'counter',
    help: 'Differences that stood after a second look, by level; each counts once in every round.',
    labels: { level: VERIFY_LEVELS },
  },
  spanledger_drift_last_finding_seconds: {
    type: 'gauge',
    help: 'When the background check last found something, in seconds since 1970; 0 for never.',
  },
  spanledger_answers_total: {
    type: 'counter',
    help: 'Answers that were looked at, by what came of it: a verdict of the agent or on stored content, or why there is none.',
    labels: {
      outcome: ['agent', 'content', 'tool_calls', 'unreadable', 'nothing_stored', 'too_large'],
    },
  },
  spanledger_answer_steps_total: {
    type: 'counter',
    help: 'Steps of judging answers, by outcome; gave_way: settling was late or all blocks were taken.',
    labels: { outcome: ['done', 'gave_way', 'failed'] },
  },
  spanledger_answers_waiting: {
    type: 'gauge',
    help: 'Calls of the page being judged whose answers were not looked at yet.',
  },
} as const satisfies Record<string, MetricEntry>;
