// Every command, in the order of the help.

import type { Command } from './command.ts';
import { accountCommand } from './commands/account.ts';
import { reportCommand } from './commands/report.ts';
import { sqlCommand } from './commands/sql.ts';
import { traceCommand } from './commands/trace.ts';
import { upCommand } from './commands/up.ts';

export const COMMANDS: readonly Command[] = [
  upCommand,
  reportCommand,
  traceCommand,
  accountCommand,
  sqlCommand,
];
