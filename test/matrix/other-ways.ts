// Ways of running a program that are no axis of the matrix, and the tests that show what happens.

interface OtherWay {
  readonly way: string;
  readonly result: string;
  /** Test files, from the root; none where nothing was run. */
  readonly shownBy: readonly string[];
}

const TESTS = 'packages/instrumentation/test';

export const OTHER_WAYS: readonly OtherWay[] = [
  {
    way: 'TypeScript through `tsx`, and with types removed by Node 24',
    result: 'recorded',
    shownBy: [`${TESTS}/runtimes.test.ts`],
  },
  {
    way: 'worker threads',
    result: 'recorded; they inherit `--import`, and each sends its own spans',
    shownBy: [`${TESTS}/runtimes.test.ts`],
  },
  {
    way: 'a bundle of esbuild with our plugin',
    result: 'recorded',
    shownBy: [`${TESTS}/bundles.test.ts`],
  },
  {
    way: 'a bundle without it, clients handed to `instrumentOpenAI` and its like',
    result: 'recorded',
    shownBy: [`${TESTS}/bundles.test.ts`],
  },
  {
    way: 'a bundle without either',
    result:
      'not recorded: no module is loaded that could be hooked; the AI SDK 7 is, by its registry',
    shownBy: [`${TESTS}/bundles.test.ts`],
  },
  {
    way: 'webpack, vite and rollup with our plugin; Next.js',
    result: 'not run: the plugin has a form for each of the three, of which esbuild’s is tested',
    shownBy: [],
  },
  {
    way: '`AgentInstrumentation` in a `NodeSDK` of the program, with and without a preload',
    result: 'recorded; without a preload only what is loaded later',
    shownBy: [`${TESTS}/own-sdk.test.ts`],
  },
  {
    way: 'OpenTelemetry’s own file of another instrumentation of the same client beside us',
    result: 'not run here; `spanledger doctor --import` names those it finds',
    shownBy: ['packages/cli/test/doctor-import.test.ts'],
  },
  {
    way: 'Bun',
    result:
      'not run: it does not let modules be hooked; hand clients over, a line at the start says so',
    shownBy: [],
  },
  {
    way: 'Deno',
    result:
      'not run: `--preload` and `--node-modules-dir=manual` in place of `--import`; a line says so',
    shownBy: [],
  },
  {
    way: 'Windows, macOS, ARM',
    result: 'not run: Node 22 and 24 are installed for Linux on x64 alone',
    shownBy: [],
  },
];
