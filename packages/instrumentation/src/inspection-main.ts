// What `spanledger doctor --import` starts beneath the preload, as the program would be started:
// `node --import …/register inspection-main.js FOLDER`. Each finding is a line of JSON on
// descriptor 3 as soon as it is known, because a library may end or stop the process.

import { writeSync } from 'node:fs';
import { readConfig } from './config.ts';
import { bundleFindings } from './inspection/bundles.ts';
import type { Finding } from './inspection/finding.ts';
import { installedIn } from './inspection/installed.ts';
import { LIBRARIES, WITHOUT_ADAPTER } from './inspection/libraries.ts';
import { libraryFinding, watchHooks } from './inspection/loading.ts';
import { otherInstrumentations } from './inspection/other-instrumentations.ts';
import { runtimeFinding, settingFindings } from './inspection/surroundings.ts';
import { telemetryFindings } from './inspection/telemetry.ts';

const TOLD_TO = 3;

/** A finding, or the library that is being loaded now. */
function tell(line: Finding | { readonly loading: string }): void {
  writeSync(TOLD_TO, `${JSON.stringify(line)}\n`);
}

async function inspect(project: string, run: boolean): Promise<void> {
  const config = readConfig(process.env);
  const tree = installedIn(project);
  tell(runtimeFinding(process.versions));
  for (const finding of settingFindings(config, process.env, tree)) tell(finding);
  if (!config.disabled) {
    const { hasProvider, providerStarted } = await import('./sending/provider.ts');
    const another = hasProvider() ? 'another' : 'none';
    for (const finding of telemetryFindings(tree, project, providerStarted() ? 'ours' : another))
      tell(finding);
  }
  for (const finding of otherInstrumentations(tree, process.env)) tell(finding);
  for (const finding of bundleFindings(project)) tell(finding);
  watchHooks();
  for (const found of tree.packages) {
    const { name, version } = found;
    const library = LIBRARIES[name];
    const next_step = WITHOUT_ADAPTER[name];
    if (library !== undefined) {
      tell({ loading: `${name} ${version}` });
      tell(await libraryFinding(found, library, run && !config.disabled));
    } else if (next_step !== undefined) {
      const at = { section: 'libraries', name: `${name} ${version}` } as const;
      tell({ ...at, state: 'doubt', found: 'not hooked: no adapter for it', next_step });
    }
  }
  if (tree.cut) {
    const at = { section: 'libraries', name: 'packages' } as const;
    tell({ ...at, state: 'doubt', found: 'more packages than are looked at', next_step: '' });
  }
}

const [, , project = process.cwd(), way = ''] = process.argv;
await inspect(project, way !== 'no-run');
// What was loaded may have begun to listen or to wait.
process.exit(0);
