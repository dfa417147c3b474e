// `spanledger account`: settles files of OTLP requests in this process, without any service.

import { readFile } from 'node:fs/promises';
import { account, bundledPriceBook, parseRequests } from '@spanledger/ledger';
import { renderAccount } from '../account-view.ts';
import type { Command } from '../command.ts';
import { Failure } from '../failure.ts';

export const accountCommand: Command = {
  name: 'account',
  summary: 'Settle files of OTLP requests and print the ledger; needs no service',
  arguments: [
    {
      name: 'file',
      meaning: 'OTLP request as JSON or protobuf, JSON lines, or a list of {path, body}',
      variadic: true,
    },
  ],
  options: [],
  example: 'spanledger account traces.jsonl\nspanledger account --json request.pb | jq .totals',
  run: async ({ terminal, settings }, files) => {
    const requests = [];
    for (const file of files) requests.push(...parseRequests(await read(file), file));
    const settled = account(requests, bundledPriceBook());
    terminal.print(
      settings.json ? JSON.stringify(settled, null, 2) : renderAccount(terminal, settled),
    );
    return 'ok';
  },
};

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new Failure(
      'bad_input',
      'cannot_read_file',
      `cannot read ${file}: ${code === 'ENOENT' ? 'there is no such file' : code}`,
      'give the path of a file with OTLP requests',
      { cause: error },
    );
  }
}
