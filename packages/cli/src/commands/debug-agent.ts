// `spanledger debug-agent`: why an agent did not run in a conversation, or that it did.

import type { Command } from '../command.ts';
import { Failure } from '../failure.ts';
import { parsePeriod, parseTime } from '../period.ts';
import { Service } from '../service.ts';
import { renderWhy, type WhyAnswer } from '../why-view.ts';

export const debugAgentCommand: Command = {
  name: 'debug-agent',
  summary: 'Why an agent did not run in a conversation: a verdict with its evidence',
  arguments: [{ name: 'agent', meaning: 'name of the agent' }],
  options: [
    { flags: '--conversation-id <id>', meaning: 'the conversation' },
    {
      flags: '--last <period>',
      meaning: 'how far to look back: 30m, 24h, 7d (default 30d)',
      parse: parsePeriod,
    },
    { flags: '--from <time>', meaning: 'start of the period', parse: parseTime },
    { flags: '--to <time>', meaning: 'end of the period, not included', parse: parseTime },
  ],
  example: 'spanledger debug-agent travel --conversation-id talk-1',
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
    const [last, from, to] = ['last', 'from', 'to'].map((name) =>
      options[name] === undefined ? undefined : String(options[name]),
    );
    const asked = { agent, conversation_id, last, from, to };
    const answer = await new Service(settings).get<WhyAnswer>('api/v1/why', asked);
    terminal.print(settings.json ? JSON.stringify(answer, null, 2) : renderWhy(terminal, answer));
    return 'ok';
  },
};
