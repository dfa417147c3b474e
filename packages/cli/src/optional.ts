// Packages that only some commands need. They are optional, so that a remote machine installs the
// command without a database; each is loaded when it is asked for, with a clear error when missing.

import { Failure } from './failure.ts';

export function loadExporter(): Promise<typeof import('@spanledger/exporter')> {
  return load('@spanledger/exporter', () => import('@spanledger/exporter'));
}

export function loadDemo(): Promise<typeof import('@spanledger/demo')> {
  return load('@spanledger/demo', () => import('@spanledger/demo'));
}

export function loadEmbedded(): Promise<typeof import('@spanledger/embedded-clickhouse')> {
  return load('@spanledger/embedded-clickhouse', () => import('@spanledger/embedded-clickhouse'));
}

async function load<T>(name: string, importIt: () => Promise<T>): Promise<T> {
  try {
    return await importIt();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Failure(
      'failed',
      'package_missing',
      `cannot load ${name}: ${(error as Error).message.split('\n')[0]}`,
      `install it beside this command: npm install ${name}`,
      { cause: error },
    );
  }
}
