// How the state of a check is shown.

import type { Check } from './local-checks.ts';
import type { Style } from './terminal.ts';

export const SIGNS: Readonly<Record<Check['state'], [string, Style]>> = {
  good: ['✓', 'good'],
  doubt: ['!', 'doubt'],
  bad: ['✗', 'bad'],
  skipped: ['·', 'quiet'],
};
