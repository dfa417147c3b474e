// What OpenTelemetry there is in a project: copies of the API that do not see each other, SDKs that
// do not fit the API they find, and whether anyone will send what is recorded.

import path from 'node:path';
import { API, copySeenFrom, seesWhatIsRegistered } from '../api-copies.ts';
import { good, type Finding } from './finding.ts';
import { find, readManifest, type Installed, type Tree } from './installed.ts';
import { inRange } from './libraries.ts';

const SECTION = 'OpenTelemetry';
const SDK = /^@opentelemetry\/sdk-(node|trace|trace-base|trace-node)$/;
/** It writes spans to the copy that it finds, without being asked. */
const WRITES_SPANS = '@anthropic-ai/sdk';
const COMPARATORS = /^[<>]=?\d/;

/** Who provides spans in the process that was started as the program would be. */
export type Provider = 'ours' | 'another' | 'none';

export function telemetryFindings(tree: Tree, project: string, provider: Provider): Finding[] {
  const { packages } = tree;
  const sdks = packages.filter(({ name }) => SDK.test(name));
  return [
    ...copyFindings(packages, project),
    ...sdks.flatMap(misfit),
    providerFinding(
      provider,
      sdks.find(({ direct }) => direct),
    ),
  ];
}

function copyFindings(packages: readonly Installed[], project: string): Finding[] {
  const ours = copySeenFrom(import.meta.url);
  const copies = packages.filter(({ name }) => name === API);
  if (ours === null) return [];
  const blind = copies.filter(
    ({ folder, version }) => folder !== ours.place && !seesWhatIsRegistered(version, ours.version),
  );
  const writers = packages.filter(({ name }) => name === WRITES_SPANS);
  const used = [project, ...writers.map(({ folder }) => folder)].map((from) => find(API, from));
  const place = (copy: Installed): string => path.relative(project, copy.folder) || copy.folder;
  if (blind.length === 0) {
    const others = copies.filter(({ folder }) => folder !== ours.place).length;
    const more = others === 0 ? '' : `, and ${others} more that see what it registers`;
    return [good(SECTION, 'api', `${API} ${ours.version}${more}`)];
  }
  return blind.map((copy) => ({
    section: SECTION,
    name: 'api',
    state: used.includes(copy.folder) ? 'bad' : 'doubt',
    found: `${API} ${copy.version} at ${place(copy)} does not see what ${ours.version} registers: its spans are lost`,
    next_step: `npm install ${API}@${ours.version} && npm dedupe`,
  }));
}

/** An SDK says which versions of the API it can work with. */
function misfit(sdk: Installed): Finding[] {
  const peers = readManifest(sdk.folder)?.peerDependencies as Record<string, string> | undefined;
  const wanted = peers?.[API] ?? '';
  const api = find(API, sdk.folder);
  const found = api === null ? null : String(readManifest(api)?.version);
  if (found === null || !COMPARATORS.test(wanted) || inRange(found, wanted)) return [];
  return [
    {
      section: SECTION,
      name: 'sdk',
      state: 'bad',
      found: `${sdk.name} ${sdk.version} wants ${API} ${wanted} and finds ${found}`,
      next_step: 'install versions of one line: 2.x with API 1.9, 3.x with API 1.10',
    },
  ];
}

function providerFinding(provider: Provider, sdk: Installed | undefined): Finding {
  const at = { section: SECTION, name: 'provider' } as const;
  if (provider === 'another') {
    return {
      ...at,
      state: 'doubt',
      found: 'another preload has registered its own tracer provider before ours',
      next_step: 'spans go where it sends them: see that it sends to the ledger',
    };
  }
  if (sdk !== undefined) {
    return {
      ...at,
      state: 'doubt',
      found: `${sdk.name} ${sdk.version} is in the project: where the program registers it, it sends the spans`,
      next_step: `see that it sends to the ledger, and that AgentInstrumentation is in its list`,
    };
  }
  if (provider === 'ours') return good(SECTION, 'provider', 'ours, which sends to the endpoint');
  return {
    ...at,
    state: 'bad',
    found: 'no tracer provider is registered and no SDK is in the project: nothing will be sent',
    next_step: 'start with --import @spanledger/instrumentation/register',
  };
}
