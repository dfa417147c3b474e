// Records that come after their deletion. One that was deleted is named already and stays out. One that
// never came before is named here, before its trace is settled, where it lies beneath a deleted span, or
// names what was deleted and began before that was asked.

import type { Fact } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import { isByTime, readDeletions, reopenDeletions, type Deletion } from '../deletion/deletion.ts';
import { listTraces, markPage, spansOf } from '../deletion/deletion-marks.ts';
import { readTree, type DeletionPage } from '../deletion/deletion-pages.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { groupBy } from '../usage/grouping.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import type { RecordTree } from '../usage/record-tree.ts';
import {
  isWithin,
  readTombstones,
  type RecordAt,
  type Tombstones,
} from '../deletion/tombstones.ts';
import {
  BATCH_CONDITION,
  batchParameters,
  batchesOf,
  hoursOf,
  keyOf,
  traceKey,
  type TraceHours,
} from './trace-hours.ts';
import type { UnitLimits } from './units.ts';

type Named = RecordAt &
  Pick<Fact, 'parent_span_id' | 'user_id' | 'conversation_id' | 'execution_id'>;

/**
 * To be called after the version was taken and before facts are read. What it gives back lies around
 * records that it took out, and is to be settled with the batch.
 */
export async function coverLate(
  connection: Connection,
  dirty: readonly DirtyTrace[],
  limits: UnitLimits,
): Promise<readonly DirtyTrace[]> {
  const more: DirtyTrace[] = [];
  const organisations = groupBy(dirty, ({ org_id }) => org_id);
  for (const org_id of await withDeletions(connection, [...organisations.keys()])) {
    const own = organisations.get(org_id) ?? [];
    for (const trace of await coverOwn(connection, org_id, own, limits)) more.push(trace);
  }
  return more;
}

async function withDeletions(connection: Connection, org_ids: string[]): Promise<string[]> {
  const rows = await connection.rows(
    'SELECT DISTINCT org_id FROM deletions WHERE org_id IN {orgs:Array(String)}',
    { orgs: org_ids },
  );
  return rows.map((row) => String(row['org_id']));
}

async function coverOwn(
  connection: Connection,
  org_id: string,
  dirty: readonly DirtyTrace[],
  limits: UnitLimits,
): Promise<DirtyTrace[]> {
  const hours = await hoursOf(connection, org_id, dirty);
  const facts: Named[] = [];
  for (const batch of batchesOf(hours)) {
    const bytes = await connection.native(
      `SELECT trace_id, span_id, event_id, start_time, parent_span_id,
         user_id, conversation_id, execution_id
       FROM genai_facts WHERE ${BATCH_CONDITION}`,
      batchParameters(batch),
    );
    for (const fact of readNative<Named>(bytes)) facts.push(fact);
  }
  const deletions = await deletionsFor(connection, org_id, facts);
  await listWithinTimes(connection, deletions, dirty);
  const traces = facts.map(({ trace_id }) => trace_id);
  const named = await readTombstones(connection, org_id, traces);
  await bringBack(connection, org_id, hours, cameBack(facts, deletions, named));

  const fresh = new Map<string, Named[]>();
  for (const fact of facts) {
    const by = coveredBy(fact, deletions, named);
    if (by === null || named.of(fact) !== null) continue;
    const known = fresh.get(by);
    if (known === undefined) fresh.set(by, [fact]);
    else known.push(fact);
  }
  const more: DirtyTrace[] = [];
  for (const [deletion_id, roots] of fresh) {
    const known = await readDeletions(connection, org_id, deletion_id);
    const tree = await readTree(connection, org_id, hours);
    for (const root of roots) tree.takeWithin(root);
    for (const deletion of known) {
      const page = pageOf(org_id, dirty, tree);
      await reopenDeletions(connection, org_id, [deletion_id], 'settling');
      for (const trace of await markPage(connection, deletion, page, limits)) more.push(trace);
    }
  }
  return more;
}

function pageOf(org_id: string, dirty: readonly DirtyTrace[], tree: RecordTree): DeletionPage {
  const { keys, at } = tree.taken();
  const traces = new Set(at.map(({ trace_id }) => trace_id));
  const loose = at
    .filter(({ trace_id }) => trace_id === '')
    .map(({ trace_id, start_time }) => ({
      ...{ org_id, trace_id, first_ns: start_time, last_ns: start_time },
    }));
  const own = dirty.filter(({ trace_id }) => trace_id !== '' && traces.has(trace_id));
  return { traces: [...own, ...loose], keys, takes: tree.took.bind(tree) };
}

/** Deletions by time, and those of what these facts name. */
async function deletionsFor(
  connection: Connection,
  org_id: string,
  facts: readonly Named[],
): Promise<Deletion[]> {
  const subjects = new Set<string>();
  for (const { user_id, conversation_id, execution_id } of facts) {
    for (const id of [user_id, conversation_id, execution_id]) if (id !== '') subjects.add(id);
  }
  const bytes = await connection.native(
    `SELECT * FROM deletions FINAL
     WHERE org_id = {org:String} AND (kind IN ('organisation', 'range')
       OR (subject IN {subjects:Array(String)} AND keep_until > now64(9)))`,
    { org: org_id, subjects: [...subjects] },
  );
  return readNative<Deletion>(bytes);
}

/** While a deletion by time is looked up, it does not hold; what is settled meanwhile is settled again. */
async function listWithinTimes(
  connection: Connection,
  deletions: readonly Deletion[],
  dirty: readonly DirtyTrace[],
): Promise<void> {
  for (const deletion of deletions) {
    if (!isByTime(deletion.kind) || deletion.state !== 'listing') continue;
    const { from_time, to_time } = deletion;
    const own = dirty.filter(({ first_ns, last_ns }) => first_ns < to_time && last_ns >= from_time);
    await listTraces(connection, deletion, own);
  }
}

/** The traces of records that are there again, by the deletion that covers them. */
function cameBack(
  facts: readonly Named[],
  deletions: readonly Deletion[],
  named: Tombstones,
): Map<string, Set<string>> {
  const back = new Map<string, Set<string>>();
  const add = (deletion_id: string, fact: Named): void => {
    const traces = back.get(deletion_id) ?? new Set();
    back.set(deletion_id, traces.add(traceKey(fact.trace_id, fact.start_time)));
  };
  for (const fact of facts) {
    const by = named.of(fact);
    if (by !== null) add(by, fact);
    for (const { kind, deletion_id, from_time, to_time } of deletions) {
      const time = { from_ns: from_time, to_ns: to_time };
      if (isByTime(kind) && isWithin([time], fact.start_time)) add(deletion_id, fact);
    }
  }
  return back;
}

/** Their rows are removed once more. */
async function bringBack(
  connection: Connection,
  org_id: string,
  hours: readonly TraceHours[],
  back: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  if (back.size === 0) return;
  for (const [deletion_id, traces] of back) {
    const again = hours.filter((trace) => traces.has(keyOf(trace)));
    for (const deletion of await readDeletions(connection, org_id, deletion_id)) {
      if (deletion.state === 'done') await listTraces(connection, deletion, spansOf(again));
    }
  }
  await reopenDeletions(connection, org_id, [...back.keys()], 'removing');
}

/** The deletion that a record which came for the first time falls under; null for none. */
function coveredBy(fact: Named, deletions: readonly Deletion[], named: Tombstones): string | null {
  const above = named.ofSpan(fact.trace_id, fact.parent_span_id);
  if (above !== null) return above;
  for (const { kind, subject, asked_at, deletion_id } of deletions) {
    if (kind === 'execution' && fact.execution_id === subject) return deletion_id;
    if (fact.start_time >= asked_at) continue;
    if (kind === 'user' && fact.user_id === subject) return deletion_id;
    if (kind === 'conversation' && fact.conversation_id === subject) return deletion_id;
  }
  return null;
}
