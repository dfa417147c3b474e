// Keys as people see them: the list without any key in it, and the one moment when a key is shown.

import { labelledLine } from './labelled-line.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Style, Terminal } from './terminal.ts';

/** A key of the REST API, which never holds the key itself. */
export interface KeyAnswer {
  readonly key_id: string;
  readonly name: string;
  /** `*`: of all organisations. */
  readonly org_id: string;
  readonly role: string;
  readonly spans: boolean;
  /** `setting` for those of SPANLEDGER_KEYS. */
  readonly source: 'table' | 'setting';
  readonly created_at: string | null;
  readonly created_by: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used: string | null;
}

export type NewKeyAnswer = KeyAnswer & { readonly key: string };

const NEVER = '–';

function stateOf(key: KeyAnswer, now: string): { text: string; style: Style } {
  if (key.revoked_at !== null) return { text: `revoked ${day(key.revoked_at)}`, style: 'quiet' };
  const expires = key.expires_at === null ? null : day(key.expires_at);
  if (key.expires_at !== null && key.expires_at <= now) {
    return { text: `expired ${expires}`, style: 'quiet' };
  }
  return expires === null
    ? { text: 'valid', style: 'good' }
    : { text: `until ${expires}`, style: 'good' };
}

function day(time: string): string {
  return time.slice(0, 10);
}

export function renderKeys(terminal: Terminal, keys: readonly KeyAnswer[], now: string): string {
  if (keys.length === 0) return 'No key was made yet.';
  const columns: TableColumn<KeyAnswer>[] = [
    { title: 'id', align: 'left', text: (key) => key.key_id, style: () => 'heading' },
    { title: 'name', align: 'left', text: (key) => key.name, shrink_to: 12 },
    {
      title: 'organisation',
      align: 'left',
      text: ({ org_id }) => (org_id === '*' ? '* (all)' : org_id),
      shrink_to: 10,
    },
    { title: 'role', align: 'left', text: ({ role, spans }) => (spans ? `${role} + spans` : role) },
    {
      title: 'state',
      align: 'left',
      text: (key) => stateOf(key, now).text,
      style: (key) => stateOf(key, now).style,
    },
    { title: 'last used', align: 'left', text: ({ last_used }) => last_used ?? NEVER },
    {
      title: 'made',
      align: 'left',
      text: ({ created_at }) => (created_at === null ? NEVER : day(created_at)),
      drop: 1,
    },
  ];
  return renderTable(terminal, columns, keys);
}

export function renderNewKey(terminal: Terminal, made: NewKeyAnswer): string {
  const rows: [string, string][] = [
    ['key', made.key],
    ['id', made.key_id],
    ['for', `${made.role} of ${made.org_id === '*' ? 'all organisations' : made.org_id}`],
    ['until', made.expires_at ?? 'it is revoked'],
  ];
  if (made.role === 'read') {
    rows.push(['SQL', `user key_${made.key_id} of ClickHouse, the key is its password`]);
  }
  return rows.map(([label, text]) => labelledLine(terminal, label, [{ text }])).join('\n');
}
