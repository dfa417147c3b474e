// Every command, in the order of the help.

import type { Command } from './command.ts';
import { accountCommand } from './commands/account.ts';
import { sqlCommand } from './commands/sql.ts';

export const COMMANDS: readonly Command[] = [accountCommand, sqlCommand];
