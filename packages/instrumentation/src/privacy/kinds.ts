// What content there is, by the attribute that holds it.

import * as run from '../run-attributes.ts';
import * as names from '../semantic-conventions.ts';

/** `notes` is what a program says itself: logs, reasons, messages of errors. It is there without content, too. */
export const KINDS = [
  'prompts',
  'answers',
  'system_instructions',
  'tool_arguments',
  'tool_results',
  'tool_definitions',
  'notes',
] as const;
export type Kind = (typeof KINDS)[number];

const KIND_BY_NAME: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [names.INPUT_MESSAGES, 'prompts'],
  [names.OUTPUT_MESSAGES, 'answers'],
  [names.SYSTEM_INSTRUCTIONS, 'system_instructions'],
  [names.TOOL_CALL_ARGUMENTS, 'tool_arguments'],
  [names.TOOL_CALL_RESULT, 'tool_results'],
  [names.TOOL_DEFINITIONS, 'tool_definitions'],
  [run.INPUT, 'prompts'],
  [run.OUTPUT, 'answers'],
  [run.GENERATION_AGENT_SCHEMA, 'answers'],
  [run.GENERATION_IDENTIFIED_SKILLS, 'answers'],
  [run.GENERATION_VALIDATION_ERRORS, 'answers'],
]);

/** The attributes that hold content of ours. */
export const CONTENT_NAMES: readonly string[] = [...KIND_BY_NAME.keys()];

/** An attribute that is not known here is taken for a prompt. */
export function kindOf(name: string): Kind {
  return KIND_BY_NAME.get(name) ?? 'prompts';
}

export function isKindOrName(word: string): boolean {
  return (KINDS as readonly string[]).includes(word) || KIND_BY_NAME.has(word);
}
