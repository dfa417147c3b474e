// Whether a derived row is the same as the one that is stored: 64 bits of a hash over its columns.

import { hash } from 'node:crypto';
import type { Column } from '@spanledger/ledger';

// Characters that no value can be confused with: each ends or stands for one value only.
const END = '\u0000';
const ITEM = '\u0001';
const NULL = '\u0002';

export function fingerprint<Row>(columns: readonly Column<Row>[], row: Row): bigint {
  let text = '';
  for (const { name } of columns) {
    const value: unknown = row[name];
    if (value === null) text += NULL;
    else if (Array.isArray(value)) text += value.map((item) => `${item}${ITEM}`).join('');
    else text += String(value);
    text += END;
  }
  return hash('sha256', text, 'buffer').readBigUInt64LE();
}
