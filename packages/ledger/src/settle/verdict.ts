// What settling decided of one record: its role, the call it belongs to, and the usage it counts.

import type { Doubt, UsageReason } from '../doubts.ts';
import type { Role } from '../ledger-row.ts';
import type { Usage } from '../usage.ts';
import type { Node } from './forest.ts';
import type { Because } from './rules.ts';

export interface Verdict {
  readonly role: Role;
  readonly rule: Because;
  readonly doubts: readonly Doubt[];
  /** The record that counts the call this one belongs to; null where none does. */
  readonly owner: Node | null;
  /** What is counted, and from which record it was taken. */
  readonly usage: Usage | null;
  readonly lender: Node | null;
  readonly usage_reason: UsageReason;
  /** Shown beside, never added: an estimate, or a parent's sum. */
  readonly hint: Usage | null;
  /** Other records of the same call, whose names enrich the owner. */
  readonly others: readonly Node[];
  /** How often the call was tried, where its attempts have records of their own. */
  readonly attempts: number | null;
}

export function verdict(role: Role, rule: Because, more: Partial<Verdict> = NOTHING_MORE): Verdict {
  return {
    role,
    rule,
    doubts: more.doubts ?? [],
    owner: more.owner ?? null,
    usage: more.usage ?? null,
    lender: more.lender ?? null,
    usage_reason: more.usage_reason ?? '',
    hint: more.hint ?? null,
    others: more.others ?? [],
    attempts: more.attempts ?? null,
  };
}

const NOTHING_MORE: Partial<Verdict> = {};
