// `spanledger delete`: an execution, a conversation, a user, a range of time or the organisation. Says
// first what it would take; does it with --yes, and waits until the totals are without it.

import { setTimeout as pause } from 'node:timers/promises';
import type { Command, Context, Options } from '../command.ts';
import {
  renderCounts,
  renderDeleted,
  renderDeletions,
  timeText,
  type DeletionAnswer,
  type RowCounts,
} from '../deletion-view.ts';
import type { Exit } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { count } from '../figures.ts';
import { parseTime } from '../period.ts';
import { withProgress } from '../progress.ts';
import { Service } from '../service.ts';

const PATH = 'api/v1/deletions';
const KINDS = ['execution', 'conversation', 'user', 'organisation', 'range'];
const COUNT_LIMIT_MS = 290_000;
const LOOK_AGAIN_MS = 300;

interface Asked {
  readonly kind: string;
  readonly subject?: string;
  readonly from?: string;
  readonly to?: string;
}

export const deleteCommand: Command = {
  name: 'delete',
  summary: 'Delete an execution, a conversation, a user, a range of time or the organisation',
  arguments: [
    { name: 'kind', meaning: `${KINDS.join(', ')}; or list, for what was deleted before` },
    { name: 'id', meaning: 'what is deleted; a range has none', optional: true },
  ],
  options: [
    { flags: '--from <time>', meaning: 'range: what began from then', parse: parseTime },
    { flags: '--to <time>', meaning: 'range: what began before then', parse: parseTime },
    { flags: '--dry-run', meaning: 'only count the rows, by table' },
    { flags: '--yes', meaning: 'do it; without it nothing is deleted' },
  ],
  example: [
    'spanledger delete user user-4711 --dry-run',
    'spanledger delete conversation 5f2c --yes',
    'spanledger delete range --from 2026-11-01 --to 2026-11-02 --yes',
    'spanledger delete list',
  ].join('\n'),
  run: async (context, [kind = '', id], options) => {
    if (kind === 'list') return list(context);
    const asked = askedOf(kind, id, options);
    if (options['yes'] === true && options['dryRun'] !== true) return doIt(context, asked);
    const rows = await countRows(context, asked);
    if (options['dryRun'] === true) return 'ok';
    const nothing = Object.values(rows).every((number) => number === 0);
    throw new Failure(
      'wrong_use',
      'not_confirmed',
      nothing ? 'nothing was deleted, and nothing is there' : 'nothing was deleted',
      'add --yes to delete it; that cannot be undone',
    );
  },
};

async function list({ terminal, settings }: Context): Promise<Exit> {
  const answer = await new Service(settings).get<{ deletions: DeletionAnswer[] }>(PATH);
  terminal.print(
    settings.json ? JSON.stringify(answer, null, 2) : renderDeletions(terminal, answer.deletions),
  );
  return 'ok';
}

function askedOf(kind: string, subject: string | undefined, options: Options): Asked {
  if (!KINDS.includes(kind)) {
    throw wrong(`cannot delete a "${kind.slice(0, 40)}"`, `name one of ${KINDS.join(', ')}`);
  }
  const [from, to] = [options['from'], options['to']];
  if (kind === 'range') {
    if (subject !== undefined || typeof from !== 'string' || typeof to !== 'string') {
      throw wrong(
        'cannot delete a range without its start and end',
        'as in: spanledger delete range --from 2026-11-01 --to 2026-11-02',
      );
    }
    return { kind, from, to };
  }
  if (from !== undefined || to !== undefined) {
    throw wrong(`cannot delete a part of the time of one ${kind}`, 'leave out --from and --to');
  }
  if (subject === undefined) {
    throw wrong(
      `cannot delete ${kind} without its id`,
      kind === 'organisation' ? 'name the organisation, to be sure' : 'name it after the kind',
    );
  }
  return { kind, subject };
}

async function countRows({ terminal, settings }: Context, asked: Asked): Promise<RowCounts> {
  const service = new Service(settings);
  const body = { ...asked, dry_run: true };
  const { rows } = await withProgress(terminal, 'counting what would be deleted', () =>
    service.post<{ rows: RowCounts }>(PATH, body, COUNT_LIMIT_MS),
  );
  if (settings.json) terminal.print(JSON.stringify({ ...asked, dry_run: true, rows }, null, 2));
  else terminal.print(renderCounts(terminal, nameOf(asked), rows));
  return rows;
}

async function doIt({ terminal, settings }: Context, asked: Asked): Promise<Exit> {
  const service = new Service(settings);
  const { deletion } = await service.post<{ deletion: DeletionAnswer }>(PATH, {
    ...asked,
    dry_run: false,
  });
  let now = deletion;
  const said = (): string => {
    const { state, traces, settled } = now;
    if (state === 'listing') return `taking out what goes, ${count(traces)} traces so far`;
    return `deriving ${count(settled)} of ${count(traces)} traces again`;
  };
  await withProgress(terminal, said, async () => {
    while (!now.totals_followed) {
      await pause(LOOK_AGAIN_MS);
      const { deletion_id } = deletion;
      const answer = await service.get<{ deletions: DeletionAnswer[] }>(PATH, { deletion_id });
      now = answer.deletions[0] ?? now;
    }
  });
  terminal.print(
    settings.json ? JSON.stringify(now, null, 2) : renderDeleted(terminal, nameOf(asked), now),
  );
  return 'ok';
}

function nameOf({ kind, subject, from, to }: Asked): string {
  return kind === 'range'
    ? `what began from ${timeText(from)} to ${timeText(to)} UTC`
    : `${kind} ${subject}`;
}

function wrong(message: string, next_step: string): Failure {
  return new Failure('wrong_use', 'invalid_argument', message, next_step);
}
