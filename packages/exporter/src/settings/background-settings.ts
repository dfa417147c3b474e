// The settings of what looks at the stored data in the background: the check of sums, and alerts.

import { choice, text, url, whole } from './setting.ts';

export const BACKGROUND_SETTINGS = {
  SPANLEDGER_DRIFT: choice(
    'on',
    ['on', 'off'],
    'the slow check in the background that holds what is stored against its facts: see docs/verify.md',
  ),
  SPANLEDGER_DRIFT_MS: whole(10_000, 10, 86_400_000, 'time between two steps of that check'),
  SPANLEDGER_DRIFT_FACTS: whole(
    5_000,
    1,
    1_000_000,
    'facts that one step derives again, about; a trace is never split',
  ),
  SPANLEDGER_DRIFT_HOURS: whole(168, 1, 87_840, 'how far back that check looks'),
  SPANLEDGER_ALERTS: choice(
    'on',
    ['on', 'off'],
    'whether rules of alerts are evaluated: see docs/alerts.md',
  ),
  SPANLEDGER_ALERTS_MS: whole(60_000, 10, 86_400_000, 'time between two turns of them, about'),
  SPANLEDGER_ALERT_WEBHOOK: url('where alerts are sent when they begin and end'),
  SPANLEDGER_ALERT_SECRET: text('', 'a text', 'what messages to it are signed with'),
} as const;
