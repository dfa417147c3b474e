// Every exit code of the command, once: the help and the docs are written from this table.

export const EXIT_CODES = {
  ok: { code: 0, meaning: 'done, and nothing found wrong' },
  difference: {
    code: 1,
    meaning: 'a difference, a broken hop or a call without a price was found',
  },
  wrong_use: { code: 2, meaning: 'a command, option or value that does not exist or fit' },
  unreachable: { code: 3, meaning: 'the service does not answer' },
  refused: { code: 4, meaning: 'the service refused the key' },
  not_found: { code: 5, meaning: 'the service does not have what was asked for' },
  bad_input: { code: 6, meaning: 'a file is missing or cannot be read' },
  failed: { code: 7, meaning: 'the service or something it needs failed' },
  interrupted: { code: 130, meaning: 'ended by Ctrl-C before it was done' },
} as const;

export type Exit = keyof typeof EXIT_CODES;
