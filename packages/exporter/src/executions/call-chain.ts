// Who called whom: the runs of a trace as a tree, each with its depth, its place among the runs of its
// parent, and what was handed over.

export interface Chained {
  readonly span_id: string;
  /** The span above, which may be no run's. */
  readonly parent_span_id: string;
  readonly execution_id: string;
  readonly parent_execution_id: string;
  readonly start_ns: bigint;
}

export interface Link<Run> {
  readonly run: Run;
  readonly depth: number;
  readonly sequence: number;
  readonly children: readonly Link<Run>[];
}

/** A run whose parent is not among them stands at the top, so that none is lost. */
export function chainOf<Run extends Chained>(runs: readonly Run[]): readonly Link<Run>[] {
  const ordered = runs.toSorted(byStart);
  const byId = new Map(ordered.map((run) => [run.execution_id, run]));
  const bySpan = new Map(ordered.map((run) => [run.span_id, run]));
  const children = new Map<Run | null, Run[]>();
  for (const run of ordered) {
    const named = run.parent_execution_id === '' ? undefined : byId.get(run.parent_execution_id);
    const found = named ?? bySpan.get(run.parent_span_id);
    const parent = found === undefined || found === run ? null : found;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [run]);
    else siblings.push(run);
  }
  const seen = new Set<Run>();
  const under = (parent: Run | null, depth: number): Link<Run>[] => {
    const links: Link<Run>[] = [];
    for (const run of children.get(parent) ?? []) {
      if (seen.has(run)) continue;
      seen.add(run);
      const sequence = links.length;
      links.push({ run, depth, sequence, children: under(run, depth + 1) });
    }
    return links;
  };
  const top = under(null, 0);
  // Runs whose parents lead in a circle are shown all the same.
  for (const run of ordered) {
    if (seen.has(run)) continue;
    seen.add(run);
    top.push({ run, depth: 0, sequence: top.length, children: under(run, 1) });
  }
  return top;
}

function byStart(a: Chained, b: Chained): number {
  if (a.start_ns !== b.start_ns) return a.start_ns < b.start_ns ? -1 : 1;
  return a.span_id < b.span_id ? -1 : 1;
}
