// `spanledger keys`: makes, lists and revokes the keys of an organisation. A key is printed once, when
// it is made; what the service keeps is its hash.

import { Failure } from '../failure.ts';
import type { Command, Context, Options } from '../command.ts';
import type { Exit } from '../exit-code.ts';
import { renderKeys, renderNewKey, type KeyAnswer, type NewKeyAnswer } from '../key-view.ts';
import { loadExporter } from '../optional.ts';
import { parseTime } from '../period.ts';
import { Service } from '../service.ts';

const PATH = 'api/v1/keys';

export const keysCommand: Command = {
  name: 'keys',
  summary: 'Make, list and revoke the keys that senders, readers and admins use',
  arguments: [
    { name: 'action', meaning: 'create, list or revoke (default list)', optional: true },
    { name: 'name', meaning: 'create: what the key is for; revoke: its id', optional: true },
  ],
  options: [
    { flags: '--role <role>', meaning: 'create: ingest, read, admin or forwarder' },
    { flags: '--expires <time>', meaning: 'create: when the key ends by itself', parse: parseTime },
    { flags: '--spans', meaning: 'create: its SQL user reads raw spans, prompts included' },
    { flags: '--setting', meaning: 'create: ask no service, print the entry of SPANLEDGER_KEYS' },
    { flags: '--dry-run', meaning: 'revoke: only say which key it is' },
    { flags: '--yes', meaning: 'revoke: do it' },
  ],
  example:
    'spanledger keys create collector --role ingest --org acme\nspanledger keys revoke 0f3a9c1d22e4 --yes',
  run: async (context, [action = 'list', name], options) => {
    switch (action) {
      case 'list':
        return list(context);
      case 'create':
        return create(context, name, options);
      case 'revoke':
        return revoke(context, name, options);
      default:
        throw wrong(`cannot use the action "${action.slice(0, 40)}"`, 'use create, list or revoke');
    }
  },
};

async function list({ terminal, settings }: Context): Promise<Exit> {
  const answer = await new Service(settings).get<{ keys: KeyAnswer[] }>(PATH);
  const now = new Date().toISOString();
  terminal.print(
    settings.json ? JSON.stringify(answer, null, 2) : renderKeys(terminal, answer.keys, now),
  );
  return 'ok';
}

async function create(context: Context, name: string | undefined, options: Options): Promise<Exit> {
  const role = options['role'];
  if (name === undefined || typeof role !== 'string') {
    throw wrong(
      'cannot make a key without a name and a role',
      'as in: spanledger keys create collector --role ingest',
    );
  }
  if (options['setting'] === true) return createSetting(context, role, options);
  const { terminal, settings } = context;
  const asked = { name, role, expires_at: options['expires'], spans: options['spans'] };
  const made = await new Service(settings).post<NewKeyAnswer>(PATH, asked);
  if (settings.json) terminal.print(JSON.stringify(made, null, 2));
  else {
    terminal.print(renderNewKey(terminal, made));
    terminal.note(terminal.paint('quiet', '\nThe key is shown this once. It works now.'));
  }
  return 'ok';
}

/** A first key, before there is a service that would let anybody make one. */
async function createSetting(
  { terminal, settings }: Context,
  role: string,
  options: Options,
): Promise<Exit> {
  const { makeKey } = await loadExporter();
  const made = makeKey(role, String(options['org'] ?? '*'));
  if (settings.json) terminal.print(JSON.stringify(made, null, 2));
  else {
    terminal.print(`key              ${made.key}`);
    terminal.print(`SPANLEDGER_KEYS  ${made.setting}`);
    terminal.note(
      terminal.paint('quiet', '\nThe key is shown this once; the setting holds its hash only.'),
    );
  }
  return 'ok';
}

async function revoke(
  { terminal, settings }: Context,
  key_id: string | undefined,
  options: Options,
): Promise<Exit> {
  if (key_id === undefined || !/^[0-9a-f]{12}$/.test(key_id)) {
    throw wrong('cannot revoke without the id of a key', 'see the ids with: spanledger keys list');
  }
  const service = new Service(settings);
  if (options['dryRun'] === true) {
    const { keys } = await service.get<{ keys: KeyAnswer[] }>(PATH);
    const found = keys.filter((key) => key.key_id === key_id);
    if (found.length === 0) {
      throw new Failure('not_found', 'not_found', `cannot find the key ${key_id}`, 'see keys list');
    }
    terminal.print(
      settings.json
        ? JSON.stringify({ dry_run: true, keys: found }, null, 2)
        : renderKeys(terminal, found, new Date().toISOString()),
    );
    return 'ok';
  }
  if (options['yes'] !== true) {
    throw wrong(
      `cannot revoke ${key_id} without --yes: whoever uses it is refused for good`,
      `see which it is with --dry-run, then: spanledger keys revoke ${key_id} --yes`,
    );
  }
  const ended = await service.post<KeyAnswer>(`${PATH}/${key_id}/revoke`, {});
  terminal.print(
    settings.json
      ? JSON.stringify(ended, null, 2)
      : `${terminal.paint('good', 'Revoked')} ${ended.key_id} (${ended.name}).`,
  );
  return 'ok';
}

function wrong(message: string, next_step: string): Failure {
  return new Failure('wrong_use', 'invalid_keys_command', message, next_step);
}
