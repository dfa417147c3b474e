// The options of privacy as the environment has them.

import { yesOrNo } from './option-values.ts';
import { PRIVACY_OPTIONS } from './options.ts';

const PREFIXES = ['SPANLEDGER_CONTENT', 'SPANLEDGER_REDACT', 'SPANLEDGER_USER_HASH'];
/** As OpenTelemetry has it; ours stands before it. */
const CAPTURE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';
const CAPTURE_WORDS: ReadonlyMap<string, boolean> = new Map<string, boolean>([
  ...(['true', 'span_only', 'span_and_event'] as const).map((word) => [word, true] as const),
  ...(['false', 'no_content', 'event_only'] as const).map((word) => [word, false] as const),
]);

export interface PrivacyEnvironment {
  /** By option; what is set and no option of ours stands under its own name. */
  readonly said: Readonly<Record<string, unknown>>;
  /** The module whose default export is the redactor. */
  readonly module: string | null;
  readonly capturesContent: boolean;
}

export function privacyEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): PrivacyEnvironment {
  const said: Record<string, unknown> = {};
  let module: string | null = null;
  const capture = environment[CAPTURE]?.trim().toLowerCase() ?? '';
  if (capture !== '') said['content'] = CAPTURE_WORDS.get(capture) ?? capture;
  for (const variable of Object.keys(environment)) {
    if (!PREFIXES.some((prefix) => variable.startsWith(prefix))) continue;
    const value = environment[variable]?.trim() ?? '';
    if (value === '') continue;
    const name = PRIVACY_OPTIONS.find((option) => option.variable === variable)?.name ?? variable;
    if (name === 'redactor') module = value;
    else said[name] = value;
  }
  return { said, module, capturesContent: yesOrNo(said['content']) === true };
}
