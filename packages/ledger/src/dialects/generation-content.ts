// What a generation was asked for and what it made, under the names that our instrumentation writes.

/** Field of the record → attribute that holds it as JSON text. */
export const GENERATION_CONTENT = {
  prompt: 'spanledger.input',
  generated_agent_schema: 'spanledger.generation.agent_schema',
  identified_skills: 'spanledger.generation.identified_skills',
  validation_errors: 'spanledger.generation.validation_errors',
} as const;
