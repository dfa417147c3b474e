// The door of the command line: its tables, for the documentation, and a way to run it.

export { COMMON_OPTIONS, type Command } from './command.ts';
export { COMMANDS } from './commands.ts';
export { EXIT_CODES, type Exit } from './exit-code.ts';
export { runCommand } from './program.ts';
export { openTerminal, type Terminal } from './terminal.ts';
