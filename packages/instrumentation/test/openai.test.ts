// Every supported openai client, used in every way we know of, with us and without: the program
// sees and sends the same, and each call leaves exactly one span with what the provider said.

import { join } from 'node:path';
import { sdkFolder } from './child.ts';
import { testMatrix } from './matrix/matrix.ts';
import { checkSpans } from './openai-check.ts';
import { EXPECTED, type Expected } from './openai-expected.ts';
import { startOpenAI } from './openai-stand-in.ts';

/** What this version of the client can do. */
function scenariosOf(sdk: string): Record<string, Expected> {
  const major = Number(sdk.slice('openai-'.length));
  return Object.fromEntries(Object.entries(EXPECTED).filter(([, { since = 0 }]) => major >= since));
}

testMatrix({
  clients: [
    { sdk: 'openai-4', cut: ['mjs 20'] },
    { sdk: 'openai-5', cut: ['cjs 20'] },
    { sdk: 'openai-6', everySetUp: true, cut: ['mjs 20', 'mjs 20 sdk-2-after', 'cjs 22'] },
    {
      sdk: 'openai-7',
      needs: 22,
      cut: ['mjs 24', 'mjs 24 sdk-3-before', 'cjs 22 two-apis-before'],
    },
  ],
  program: 'openai',
  start: async () => {
    const server = await startOpenAI();
    // Whether a call leaves that is aborted at once, is a race with or without us.
    const leaves = (request: string): boolean => !request.includes('m-hang');
    return { ...server, sent: (run) => server.requests.get(run)?.filter(leaves) ?? [] };
  },
  args: ({ sdk, kind }, run, { url }) => [
    join(sdkFolder(sdk), `sdk.${kind}`),
    `${url}/${run}/v1`,
    Object.entries(scenariosOf(sdk))
      .filter(([, { beside }]) => beside === undefined)
      .map(([name]) => name)
      .join(','),
  ],
  check: (spans, { sdk }) => checkSpans(spans, scenariosOf(sdk), 'openai'),
});
