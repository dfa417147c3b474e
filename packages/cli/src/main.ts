#!/usr/bin/env node
// The command `spanledger`: hands the process's own streams and environment to the program.

import { EXIT_CODES } from './exit-code.ts';
import { runCommand } from './program.ts';
import { openTerminal } from './terminal.ts';

// Whoever reads may have seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
const terminal = openTerminal(process.stdout, process.stderr, process.env);
const exit = await runCommand(process.argv.slice(2), terminal, process.env);
process.exitCode = EXIT_CODES[exit].code;
