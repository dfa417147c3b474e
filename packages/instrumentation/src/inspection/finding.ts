// What the inspection of a project finds: one sentence, how good it is, and what to do.

export const SECTIONS = [
  'libraries',
  'OpenTelemetry',
  'other instrumentations',
  'settings',
  'runtime',
] as const;

export interface Finding {
  readonly section: (typeof SECTIONS)[number];
  readonly name: string;
  /** `skipped` is neither good nor wrong: nothing is recorded there, and nothing was meant to be. */
  readonly state: 'good' | 'doubt' | 'bad' | 'skipped';
  readonly found: string;
  /** What to do; '' where nothing is wrong. */
  readonly next_step: string;
}

export type Section = Finding['section'];

export function good(section: Section, name: string, found: string): Finding {
  return { section, name, state: 'good', found, next_step: '' };
}
