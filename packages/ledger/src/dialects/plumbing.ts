// Spans that say nothing of GenAI but hold a trace together: an HTTP client between an application
// and its gateway, a function between an agent and its call. Without them who called whom is lost.

import type { Dialect } from '../dialect.ts';

export const plumbing: Dialect = {
  name: 'plumbing',
  recognises_by: 'shape',

  recognises(record) {
    return record.signal === 'span';
  },

  read(record, fact) {
    fact.kind = 'other';
    fact.status = record.status;
    return true;
  },
};
