// `spanledger account`: settles files of OTLP requests in this process, without any service.

import { readFile } from 'node:fs/promises';
import { account, parseRequests, type OtlpRequest } from '@spanledger/ledger';
import { renderAccount } from '../account-view.ts';
import type { Command } from '../command.ts';
import { Failure } from '../failure.ts';
import { ownPriceBook, priceFileOf, PRICES_OPTION } from '../own-price-book.ts';
import { lossOf, renderLosses, withEntries, type Loss } from '../losses.ts';

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
  options: [PRICES_OPTION],
  example: 'spanledger account traces.jsonl\nspanledger account --json request.pb | jq .totals',
  run: async ({ terminal, settings, env }, files, options) => {
    const book = await ownPriceBook(priceFileOf(env, options));
    const losses: Loss[] = [];
    const requests = [];
    for (const file of files) requests.push(...(await requestsOf(file, losses)));
    const settled = account(requests, book, (refusal) => {
      losses.push(lossOf(refusal));
    });
    renderLosses(terminal, losses);
    terminal.print(
      settings.json
        ? JSON.stringify(withEntries(settled, losses), null, 2)
        : renderAccount(terminal, settled),
    );
    return 'ok';
  },
};

/** The requests of a file that holds at least one. */
async function requestsOf(file: string, losses: Loss[]): Promise<OtlpRequest[]> {
  const requests = parseRequests(await read(file), file, ({ line, reason }) => {
    losses.push({ file, line, what: 'entries', reason, count: 1 });
  });
  if (requests.length > 0) return requests;
  throw new Failure(
    'bad_input',
    'not_otlp',
    `cannot account ${file}: it holds no OTLP request`,
    'give requests with resourceSpans, resourceLogs or resourceMetrics, bare or as {path, body}',
  );
}

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
