// The settings of alerts, and the webhook among them.

import type { Hook } from './webhook.ts';

export interface AlertConfig {
  readonly enabled: boolean;
  readonly turn_ms: number;
  /** '': nobody is told. */
  readonly webhook: string;
  readonly secret: string;
}

/** Null where nobody is to be told. */
export function hookOf({ webhook, secret }: AlertConfig): Hook | null {
  return webhook === '' ? null : { url: webhook, secret };
}
