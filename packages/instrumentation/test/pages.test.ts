// The pages of frameworks: their examples run as they stand, and record what the page says.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { newerNode, runChild, sdkFolder, startSink } from './child.ts';
import { startOpenAI } from './openai-stand-in.ts';
import { spanTrees } from './span-tree.ts';

const DOCS = join(dirname(fileURLToPath(import.meta.url)), '../../../docs');

const pages = [
  { page: 'langchain', sdk: 'langchain-1' },
  { page: 'openai-agents', sdk: 'openai-agents-0' },
  { page: 'mcp', sdk: 'mcp-1' },
];

const node = newerNode(24);

test.each(pages)('$page', async ({ page, sdk }) => {
  // Some of the packages need a newer Node, which is there for some platforms only.
  if (node === null) return;
  const written = await readFile(join(DOCS, 'instrumentation', `${page}.md`), 'utf8');
  const blocks = (kind: string): string[] =>
    [...written.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'gms'))].map(
      ([, block = '']) => block,
    );
  // Beside the packages that it imports.
  const folder = await mkdtemp(join(sdkFolder(sdk), 'example-'));
  const [provider, sink] = [await startOpenAI(), await startSink()];
  try {
    for (const block of blocks('js')) {
      const name = /^\/\/ (\S+)/.exec(block)?.[1] ?? 'agent.mjs';
      await writeFile(join(folder, name), block);
    }
    const ended = await runChild(join(folder, 'agent.mjs'), [], {
      preload: 'register',
      sinkUrl: sink.url,
      node,
      environment: {
        OPENAI_API_KEY: 'none',
        OPENAI_BASE_URL: `${provider.url}/${page}/v1`,
        SPANLEDGER_EXIT_LIMIT: '20000',
      },
    });
    expect({ code: ended.code, out: ended.out === '' }).toEqual({ code: 0, out: false });
    const told = spanTrees(sink.spans, ({ name }) => name).flat();
    const promised = blocks('text').join('').trimEnd().split('\n');
    expect(told.toSorted()).toEqual(promised.toSorted());
  } finally {
    await Promise.all([provider.stop(), sink.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
});
