// The price book of this machine: the bundled lists behind a price file, for what needs no service.

import { readFile } from 'node:fs/promises';
import {
  bundledPriceBook,
  readPriceFile,
  SpanledgerError,
  type PriceBook,
} from '@spanledger/ledger';
import type { CommandOption, Options } from './command.ts';
import { Failure, failureOf } from './failure.ts';
import type { Environment } from './settings.ts';

export const PRICES_OPTION: CommandOption = {
  flags: '--file <file>',
  meaning: 'a price file of your own (or SPANLEDGER_PRICES); no service is asked',
};

/** The file that an option or the environment names; '' for none. */
export function priceFileOf(env: Environment, options: Options): string {
  return String(options['file'] ?? env['SPANLEDGER_PRICES'] ?? '');
}

export async function ownPriceBook(file: string): Promise<PriceBook> {
  if (file === '') return bundledPriceBook();
  const text = await read(file);
  try {
    return bundledPriceBook({ own: await readPriceFile(text, file) });
  } catch (error) {
    if (!(error instanceof SpanledgerError)) throw error;
    const { code, message, next_step } = failureOf(error);
    throw new Failure('bad_input', code, message, next_step, { cause: error });
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new Failure(
      'bad_input',
      'cannot_read_file',
      `cannot read ${file}: ${code === 'ENOENT' ? 'there is no such file' : code}`,
      'give the path of a price file; docs/prices.md shows one',
      { cause: error },
    );
  }
}
