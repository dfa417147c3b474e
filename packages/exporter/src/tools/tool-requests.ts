// Single model calls with what tools add to each: definitions that were sent, and results of earlier
// calls that were sent back.

import type { Period } from '@spanledger/store';
import { tokensOfBytes } from './tokenizer.ts';
import { keyOf } from './tool-sets.ts';
import type { Stages } from '../stages.ts';

interface Asked extends Period {
  readonly limit: number;
  readonly agent: string;
}

export async function toolRequests(stages: Stages, asked: Asked): Promise<readonly unknown[]> {
  const rows = await stages.store.ask('tool_requests', asked);
  const counted = await stages.toolSets.count(
    asked.org,
    rows.filter(({ has_tools }) => has_tools),
  );
  return rows.map((row) => {
    const set = row.has_tools ? counted.get(keyOf(asked.org, row)) : undefined;
    const known = row.results_sent > row.results_without_size;
    return {
      ...{ trace_id: row.trace_id, span_id: row.span_id, start_ns: row.start_ns },
      ...{ agent_name: row.agent_name, action: row.action, model: row.model },
      ...{
        has_tools: row.has_tools,
        definitions: row.definitions,
        tools_used: namesOf(row.called),
      },
      input_tokens: row.input_total,
      definition_tokens: set?.tokens ?? null,
      definition_basis: set?.basis ?? null,
      definition_reason: set?.tokens === null ? set.reason : '',
      results_sent: row.results_sent,
      result_tokens: known ? tokensOfBytes(row.result_bytes) : null,
      result_basis: known ? 'bytes' : null,
      result_reason: row.results_without_size > 0 ? 'size_not_told' : '',
      duration_ns: row.duration_ns,
      success: row.status !== 'error',
      error_type: row.error_type,
    };
  });
}

function namesOf(text: string): readonly unknown[] {
  try {
    const data: unknown = JSON.parse(text === '' ? '[]' : text);
    return Array.isArray(data) ? data : [];
  } catch {
    return [];
  }
}
