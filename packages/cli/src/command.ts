// The shape of one command: a row of the table in commands.ts. Parser, help and docs are built
// from these rows.

import type { Exit } from './exit-code.ts';
import type { Environment, Settings } from './settings.ts';
import type { Terminal } from './terminal.ts';

export interface CommandArgument {
  readonly name: string;
  readonly meaning: string;
  readonly variadic?: true;
  readonly optional?: true;
}

export interface CommandOption {
  /** As written on the command line: `--last <period>`. */
  readonly flags: string;
  readonly meaning: string;
  readonly fallback?: string;
  /** Throws a Failure with exit `wrong_use` for a value that does not fit. */
  readonly parse?: (value: string) => unknown;
}

export interface Context {
  readonly terminal: Terminal;
  readonly settings: Settings;
  readonly env: Environment;
}

export type Options = Readonly<Record<string, unknown>>;

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  readonly example: string;
  /** Whether it only reads when it is given these arguments, and so may be asked again and again. */
  readonly reads?: (args: readonly string[]) => boolean;
  readonly run: (context: Context, args: readonly string[], options: Options) => Promise<Exit>;
}

export const always = (): boolean => true;

/** Of a command whose first argument says what is done. */
export const whenListing = ([action = 'list']: readonly string[]): boolean =>
  action === 'list' || action === 'rules';

/** Understood by every command. */
export const COMMON_OPTIONS: readonly CommandOption[] = [
  { flags: '--url <url>', meaning: 'address of the service (or SPANLEDGER_URL)' },
  { flags: '--key <key>', meaning: 'key of the organisation (or SPANLEDGER_KEY)' },
  {
    flags: '--org <organisation>',
    meaning: 'whose data, with a key of all organisations (or SPANLEDGER_ORG)',
  },
  { flags: '--json', meaning: 'print JSON, for programs' },
];
