// Hints name commands: here they become what can be typed. Under npx the command is not on the PATH
// of the shell that a person goes on with.

import { existsSync } from 'node:fs';
import path from 'node:path';

const NAME = 'spanledger';
/** The name where a command or an option follows it: not in a sentence about the product. */
const COMMAND = new RegExp(`(?<![\\w/@-]|npx )${NAME} (?=[a-z-])`, 'g');
/** npm puts these before the PATH of what it runs, and of nothing else. */
const NPM_FOLDER = path.join('node_modules', '.bin');

export function runnable(hint: string, search_path: string | undefined): string {
  return onPath(search_path ?? '') ? hint : hint.replace(COMMAND, `npx ${NAME} `);
}

function onPath(search_path: string): boolean {
  return search_path
    .split(path.delimiter)
    .filter((folder) => folder !== '' && !folder.endsWith(NPM_FOLDER))
    .some((folder) => existsSync(path.join(folder, NAME)));
}
