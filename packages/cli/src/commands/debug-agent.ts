// `spanledger debug-agent`: why an agent did not run in a conversation, or that it did.

import { type Command, always } from '../command.ts';
import { Failure } from '../failure.ts';
import { periodOf, periodOptions } from '../period-options.ts';
import { Service } from '../service.ts';
import { renderWhy, type WhyAnswer } from '../why-view.ts';

const USUAL = '30d';

export const debugAgentCommand: Command = {
  name: 'debug-agent',
  summary: 'Why an agent did not run in a conversation: a verdict with its evidence',
  arguments: [{ name: 'agent', meaning: 'name of the agent' }],
  options: [
    { flags: '--conversation-id <id>', meaning: 'the conversation' },
    ...periodOptions(USUAL),
  ],
  example: 'spanledger debug-agent travel --conversation-id talk-1',
  reads: always,
  run: async ({ terminal, settings }, [agent = ''], options) => {
    const conversation_id = options['conversationId'];
    if (typeof conversation_id !== 'string') {
      throw new Failure(
        'wrong_use',
        'missing_conversation',
        'cannot look without a conversation',
        'name it with --conversation-id',
      );
    }
    const asked = { agent, conversation_id, ...periodOf(options, USUAL).asked };
    const answer = await new Service(settings).get<WhyAnswer>('api/v1/why', asked);
    terminal.print(settings.json ? JSON.stringify(answer, null, 2) : renderWhy(terminal, answer));
    return 'ok';
  },
};
