// Where the ClickHouse library of this platform lies. One npm package per platform carries it; npm
// installs the one that fits and leaves the others out.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedClickHouseError } from './errors.ts';

export interface Platform {
  readonly os: string;
  readonly cpu: string;
  /** False for musl and the like: the Linux library is built for glibc. */
  readonly glibc: boolean;
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'darwin-arm64': '@chdb/lib-darwin-arm64',
};

export function currentPlatform(): Platform {
  const report = process.report.getReport() as unknown as {
    header: { glibcVersionRuntime?: string };
  };
  return {
    os: process.platform,
    cpu: process.arch,
    glibc: report.header.glibcVersionRuntime !== undefined,
  };
}

/** The package with the library for a platform; unsupported_platform where there is none. */
export function libraryPackage(platform: Platform): string {
  const name = PACKAGES[`${platform.os}-${platform.cpu}`];
  if (name === undefined || (platform.os === 'linux' && !platform.glibc)) {
    const libc = platform.os === 'linux' && !platform.glibc ? ' without glibc' : '';
    const detail = `${platform.os} ${platform.cpu}${libc}`;
    throw new EmbeddedClickHouseError('unsupported_platform', detail);
  }
  return name;
}

export function libraryFile(platform: Platform): string {
  const name = libraryPackage(platform);
  let file: string;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    file = join(dirname(manifest), 'libchdb.so');
  } catch (cause) {
    throw new EmbeddedClickHouseError('library_missing', name, { cause });
  }
  if (!existsSync(file)) throw new EmbeddedClickHouseError('library_missing', file);
  return file;
}
