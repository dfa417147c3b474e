// `spanledger readers`: the read-only SQL users of a ClickHouse of one's own, one for each organisation
// and each key with the role read, as statements; with --apply the service runs them.

import type { Command } from '../command.ts';
import { plural } from '../figures.ts';
import { Service } from '../service.ts';

interface ReadersAnswer {
  readonly embedded: boolean;
  readonly applied: boolean;
  readonly statements: readonly string[];
}

export const readersCommand: Command = {
  name: 'readers',
  summary: 'Print or run the statements that make the SQL users of a ClickHouse of your own',
  arguments: [],
  options: [
    { flags: '--apply', meaning: 'have the service run them; its user must manage access' },
    { flags: '--dry-run', meaning: 'only print them, which is what happens without --apply' },
  ],
  example: 'spanledger readers > readers.sql\nspanledger readers --apply',
  run: async ({ terminal, settings }, _, options) => {
    const apply = options['apply'] === true && options['dryRun'] !== true;
    const answer = await new Service(settings).post<ReadersAnswer>('api/v1/readers', { apply });
    if (settings.json) terminal.print(JSON.stringify(answer, null, 2));
    else if (answer.embedded) {
      terminal.print('The embedded ClickHouse has its users already: they follow the keys.');
    } else if (answer.applied) {
      const done = terminal.paint('good', 'Applied');
      terminal.print(`${done} ${plural(answer.statements.length, 'statement')}.`);
    } else terminal.print(answer.statements.map((statement) => `${statement};`).join('\n'));
    return 'ok';
  },
};
