// Sets privacy up as the environment asks for it.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PrivacyEnvironment } from './environment.ts';
import type { Redactor } from './option-values.ts';
import type { PrivacyOptions } from './options.ts';
import { setPrivacy } from './policy.ts';

/** Never throws: a redactor that cannot be loaded means that no content is recorded. */
export async function startPrivacy({ said, module }: PrivacyEnvironment): Promise<void> {
  setPrivacy(said as PrivacyOptions);
  if (module === null) return;
  let redactor: unknown = 'none was found';
  try {
    const loaded = (await import(pathToFileURL(resolve(module)).href)) as { default?: unknown };
    redactor = loaded.default ?? redactor;
  } catch {
    // No function: that is what is told.
  }
  setPrivacy({ redactor: redactor as Redactor });
}
