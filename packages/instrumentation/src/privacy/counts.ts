// How often content was recorded, and how often it was not: for a program that wants to know.

export interface PrivacyCounts {
  /** Values that were recorded, notes among them. */
  recorded: number;
  /** Those of them of which something was taken out. */
  redacted: number;
  /** Those of them that were cut for their size. */
  cut: number;
  /** Values that were left out because they could not be redacted. */
  withheld: number;
  /** Values that the program's own function kept back. */
  kept_back: number;
}

export const counts: PrivacyCounts = {
  recorded: 0,
  redacted: 0,
  cut: 0,
  withheld: 0,
  kept_back: 0,
};

/** What happened to content in this process so far. */
export function privacyCounts(): PrivacyCounts {
  return { ...counts };
}
