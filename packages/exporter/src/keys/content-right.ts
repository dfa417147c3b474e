// Who may see what was said to models and what they answered: admins, and keys that may read raw spans.

import type { Stages } from '../stages.ts';
import type { Caller } from './keys.ts';

export async function mayReadContent({ keys, store }: Stages, caller: Caller): Promise<boolean> {
  if (!keys.asked || caller.role === 'admin') return true;
  const found = await store.keys.find(caller.org_id, caller.key_id);
  return found?.spans === true;
}
