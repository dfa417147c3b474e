// The bounds of questions: of the REST API, of SQL, and of what is kept for those who ask.

import { DIFFERENCES_MAX, OPEN_INCIDENTS_MAX, READER_LIMITS } from '@spanledger/store';
import { HOLDING_MAX, MESSAGES_PER_TURN, ORGANISATIONS_PER_TURN } from '../alerts/alert-loop.ts';
import { ATTEMPTS_MAX, HOOK_WAIT_MS } from '../alerts/webhook.ts';
import { fixed, set, type Bound } from './bound.ts';
import { UNKNOWN_MAX, WAITING_MAX } from '../keys/key-ring.ts';
import { KEPT_ORGANISATIONS_MAX } from '../planning/budget-book.ts';
import { TOLD_MAX } from '../executions/live-executions.ts';
import { STREAM_MAX_MS } from '../routes/event-stream.ts';
import { OFFSET_MAX } from '../routes/paging.ts';
import { QUERY_BYTES_MAX, TOLD_BYTES_MAX } from '../routes/app.ts';
import { DRIFTED_MAX, SUSPECTS_MAX } from '../settle/drift-check.ts';
import { SETS_COUNTED_MAX, SETS_KEPT_MAX } from '../tools/tool-sets.ts';
import { TEXT_CHARACTERS_MAX } from '../tools/tokenizer.ts';
import { ROWS_MAX } from '../routes/parameters.ts';
import { WAITING_MAX as PAGES_WAITING_MAX } from '../routes/verify-answer.ts';

const BUSY = 'spanledger_busy_total';
const ASKED = 'spanledger_refused_questions_total';

export const ASKING: readonly Bound[] = [
  fixed(
    'rules of alerts that hold and are remembered until they fire',
    [HOLDING_MAX, 'rules of organisations'],
    'what is beyond begins to hold anew with each turn',
    'spanledger_alert_rules_holding',
    { holds: ['alert-loop.ts##holding', 'alert-loop.ts##orgs'] },
  ),
  fixed(
    'organisations that one turn of the alerts evaluates',
    [ORGANISATIONS_PER_TURN, 'organisations'],
    'the others have theirs in the next turns',
    'spanledger_alert_turns_total',
  ),
  fixed(
    'messages to the webhook of alerts in one turn',
    [MESSAGES_PER_TURN, 'messages'],
    'wait for the next turn',
    'spanledger_alert_messages_total',
  ),
  fixed(
    'attempts of one message',
    [ATTEMPTS_MAX, 'attempts'],
    'given up, and said in the log',
    'spanledger_alert_messages_total',
    { label: 'failed' },
  ),
  fixed(
    'wait for the webhook',
    [HOOK_WAIT_MS, 'ms'],
    'counts as failed, and is tried again',
    'spanledger_alert_messages_total',
    { label: 'failed' },
  ),
  fixed(
    'incidents that are open or untold',
    [OPEN_INCIDENTS_MAX, 'incidents'],
    'the oldest first; the others wait',
    'spanledger_alerts_firing',
  ),
  fixed(
    'organisations whose last difference is known to the alerts',
    [DRIFTED_MAX, 'organisations'],
    'the oldest is forgotten',
    'spanledger_drift_differences_total',
  ),
  fixed(
    'organisations whose budgets are kept for agents that ask',
    [KEPT_ORGANISATIONS_MAX, 'organisations'],
    'the oldest is forgotten, and looked up again',
    'spanledger_budget_answers',
    { holds: ['budget-book.ts##kept'] },
  ),
  set('SPANLEDGER_QUESTIONS_MAX', 'requests', '503 with Retry-After', BUSY, {
    label: 'questions',
  }),
  fixed(
    'executions that a live stream remembers to have told',
    [TOLD_MAX, 'executions'],
    'the first is forgotten, and told again when it changes',
    null,
    { holds: ['live-executions.ts##texts', 'live-executions.ts##running'] },
  ),
  fixed('time of a live stream', [STREAM_MAX_MS, 'ms'], 'it ends; the asker comes again', null),
  fixed('rows that an offset may skip', [OFFSET_MAX, 'rows'], '400; a cursor goes on', ASKED, {
    label: 'invalid_parameter',
  }),
  fixed(
    'pages of verifications that wait for the one at work',
    [PAGES_WAITING_MAX, 'pages'],
    '503 with Retry-After',
    BUSY,
    {
      label: 'verifications',
    },
  ),
  fixed(
    'differences that a verification lists',
    [DIFFERENCES_MAX, 'differences'],
    'counted, not listed',
    null,
  ),
  fixed(
    'places that wait for the second look of the background check',
    [SUSPECTS_MAX, 'places'],
    'found in the next round',
    'spanledger_drift_suspects',
    { holds: ['drift-check.ts##suspects'] },
  ),
  fixed('body of what is told by hand', [TOLD_BYTES_MAX, 'bytes'], '413', ASKED, {
    label: 'body_too_large',
  }),
  fixed('body of a question', [QUERY_BYTES_MAX, 'bytes'], '413', ASKED, {
    label: 'body_too_large',
  }),
  fixed(
    'sets of tool definitions whose tokens are remembered',
    [SETS_KEPT_MAX, 'sets'],
    'the first is forgotten, and counted again when it is asked for',
    'spanledger_counted_tool_sets',
    { holds: ['tool-sets.ts##counted'] },
  ),
  fixed(
    'sets of tool definitions counted for one answer',
    [SETS_COUNTED_MAX, 'sets'],
    'told by their bytes, and said so',
    null,
  ),
  fixed(
    'text that a tokenizer counts',
    [TEXT_CHARACTERS_MAX, 'characters'],
    'told by its bytes, and said so',
    null,
  ),
  fixed('rows of an answer', [ROWS_MAX, 'rows'], '400, or cut and said so', null),
  fixed(
    'rows of an answer to SQL',
    [READER_LIMITS.result_rows_max, 'rows'],
    'the query fails',
    ASKED,
    { label: 'invalid_parameter' },
  ),
  fixed('unknown keys looked up at once', [WAITING_MAX, 'requests'], '503 with Retry-After', BUSY, {
    label: 'key_lookups',
  }),
  fixed(
    'keys known to be none',
    [UNKNOWN_MAX, 'hashes'],
    'all are forgotten, and looked up again',
    'spanledger_key_lookups_total',
    { label: 'unknown', holds: ['key-ring.ts##unknown'] },
  ),
];
