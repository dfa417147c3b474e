// Spans that say nothing of GenAI but hold a trace together: an HTTP client between an application
// and its gateway, a function between an agent and its call. Without them who called whom is lost.
// What does name GenAI, and no dialect claims, is marked: there is something that we do not understand.

import type { Dialect } from '../dialect.ts';

/** The dialect of a span that names GenAI and is of none. */
export const UNCLAIMED = 'unclaimed';

export const plumbing: Dialect = {
  name: 'plumbing',
  recognises_by: 'shape',

  recognises(record) {
    return record.signal === 'span';
  },

  read(record, fact) {
    fact.kind = 'other';
    if (record.mentionsGenAi()) fact.dialect = UNCLAIMED;
    fact.status = record.status;
    return true;
  },
};
