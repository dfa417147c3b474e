// `spanledger completion`: what a shell needs to complete commands and options. The table of commands
// holds this command, too, and so is asked for when it runs.

import type { Command } from '../command.ts';
import { completionOf, SHELLS } from '../completion.ts';
import { Failure } from '../failure.ts';

export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    summary: 'Print the completion of commands and options for bash, zsh or fish',
    arguments: [{ name: 'shell', meaning: SHELLS.join(', ') }],
    options: [],
    example: 'spanledger completion bash >> ~/.bashrc',
    run: async ({ terminal }, [given = '']) => {
      const shell = SHELLS.find((one) => one === given);
      if (shell === undefined) {
        throw new Failure(
          'wrong_use',
          'unknown_shell',
          `cannot complete for "${given.slice(0, 40)}"`,
          `name one of ${SHELLS.join(', ')}`,
        );
      }
      terminal.print(completionOf(shell, commands()));
      return 'ok';
    },
  };
}
