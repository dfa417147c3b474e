// GitHub Copilot, in editors and as a command line: the conventions' names with a few of its own. An
// agent's span and two kinds of log events repeat what its calls used; credits are no dollars.

import { aliases, attribute, type Dialect } from '../dialect.ts';
import { nanoseconds, NS_PER_MS } from '../reading/figures.ts';
import { DETAILS_EVENT, readGenAi } from '../reading/gen-ai.ts';

const FIRST_TOKEN_MS = attribute('copilot_chat.time_to_first_token');
const SESSION = aliases(
  'copilot_chat.chat_session_id',
  'copilot_chat.session_id',
  'github.copilot.session_id',
);
const MARKERS = aliases(
  'copilot_chat.chat_session_id',
  'copilot_chat.session_id',
  'copilot_chat.turn_count',
  'copilot_chat.location',
  'copilot_chat.debug_name',
  'copilot_chat.time_to_first_token',
  'github.copilot.turn_id',
  'github.copilot.turn_count',
  'github.copilot.interaction_id',
  'github.copilot.nano_aiu',
);
const EVENT_NAME = attribute('event.name');
const TURN_EVENT = 'copilot_chat.agent.turn';
const SCOPES: ReadonlySet<string> = new Set(['github.copilot', 'copilot-chat', 'copilot-cli']);
const AGENT = 'copilot';

export const copilot: Dialect = {
  name: 'copilot',
  recognises_by: 'shape',

  recognises(record) {
    return SCOPES.has(record.scope) || MARKERS.some((name) => record.has(name));
  },

  read(record, fact) {
    const event = record.signal === 'log' ? (record.text(EVENT_NAME) ?? record.name) : '';
    if (record.signal === 'log' && event !== DETAILS_EVENT && event !== TURN_EVENT) return false;
    readGenAi(record, fact);
    if (event === TURN_EVENT) fact.kind = 'step';
    else if (event === DETAILS_EVENT) fact.kind = 'llm';
    fact.cache_convention = 'included';
    fact.reasoning_convention = 'included';
    fact.conversation_id ??= record.first(SESSION);
    const wait_ns = nanoseconds(record.number(FIRST_TOKEN_MS), NS_PER_MS);
    fact.time_to_first_chunk_ns ??= wait_ns;
    if (fact.kind === 'agent') fact.agent_name ??= AGENT;
    return true;
  },
};
