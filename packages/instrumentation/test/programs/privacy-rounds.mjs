// The options that the program of privacy is run with, one round after the other, and the secrets that
// are in everything it says.

export const SECRETS = {
  key: 'sk-proj-Abcdefghijklmnop0123456789',
  mail: 'ada.lovelace@mail.example.org',
  card: '4111 1111 1111 1111',
  word: 'correct horse battery',
  employee: 'EMP-771234',
};

/** Machines are busy: what is not about time has a lot of it. */
const PATIENT = { timeLimit_ms: 10_000 };

const never = () => {
  for (;;);
};

/** By name: what is given to `setPrivacy`. */
export const ROUNDS = {
  off: { content: false },
  on: { content: true },
  rules: { content: true, ...PATIENT, rules: ['EMP-\\d{6}'] },
  'named rules': {
    content: true,
    ...PATIENT,
    rules: [{ name: 'employee', pattern: /emp-\d{6}/i }],
  },
  redactor: { content: true, ...PATIENT, redactor: (text) => text.replaceAll('EMP-', 'E') },
  'kept back': {
    content: true,
    ...PATIENT,
    redactor: (text, { kind }) => (kind === 'answers' ? null : text),
  },
  throws: {
    content: true,
    ...PATIENT,
    redactor: (text) => {
      throw new Error(`cannot redact ${text}`);
    },
  },
  'gives back a promise': {
    content: true,
    ...PATIENT,
    redactor: async () => Promise.reject(new Error('no')),
  },
  'gives back nothing': { content: true, ...PATIENT, redactor: () => {} },
  'a rule that never ends': { content: true, timeLimit_ms: 20, rules: ['(.+)+\\u0000'] },
  'a redactor that never ends': { content: true, timeLimit_ms: 20, redactor: never },
  'no prompts': { content: true, deny: ['prompts', 'tool_arguments'] },
  'answers only': { content: true, allow: ['answers'] },
  'one attribute': { content: true, deny: ['gen_ai.tool.definitions'] },
  'no system': { content: true, deny: ['system_instructions', 'notes'] },
  'not this tool': { content: true, denyTools: ['weath*'] },
  'only that tool': { content: true, allowTools: ['search'] },
  'not this agent': { content: true, denyAgents: ['writer'] },
  'only that agent': { content: true, allowAgents: ['plan*'] },
  'cut values': { content: true, valueLimit_bytes: 300 },
  'cut spans': { content: true, spanLimit_bytes: 500 },
  'no room': { content: true, valueLimit_bytes: 0 },
  'emails stay': { content: true, redact: ['secrets', 'cards'] },
  'a misspelt option': { content: true, denyTool: ['weather'] },
  'a wrong value': { content: true, valueLimit_bytes: 'much' },
  'a wrong rule': { content: true, rules: ['('] },
  'hashed users': { content: true, userHashKey: 'a key of enough letters' },
};
