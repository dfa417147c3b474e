// What scripts/bench-peers.mjs installed: each peer's command, or why there is none.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Candidate } from './candidate.ts';
import { startCollector, startRotel } from './candidate.ts';

export interface Peer {
  readonly command: string | null;
  readonly version: string | null;
  /** Why it is skipped; null when it is there. */
  readonly reason: string | null;
}

export interface Peers {
  readonly collector: Peer;
  readonly rotel: Peer;
}

interface Installer {
  installPeers(): Promise<Peers>;
}

export async function installPeers(root: string): Promise<Peers> {
  const script = pathToFileURL(join(root, 'scripts', 'bench-peers.mjs')).href;
  const installer = (await import(script)) as Installer;
  return installer.installPeers();
}

/** Starts the peers that there are. */
export async function startPeers(peers: Peers): Promise<Candidate[]> {
  const { collector, rotel } = peers;
  return [
    ...(collector.command === null ? [] : [await startCollector(collector.command)]),
    ...(rotel.command === null ? [] : [await startRotel(rotel.command)]),
  ];
}
