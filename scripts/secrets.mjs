// `npm run secrets` writes .env for docker-compose.yml: the names of .env.example with random values.
// It never overwrites a .env, because the old passwords are in the databases' volumes.

import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, StepError } from './step.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const EXAMPLE = path.join(ROOT, '.env.example');

const secret = () => randomBytes(24).toString('hex');
const sha256 = (key) => createHash('sha256').update(key).digest('hex');

function fill(example) {
  const values = {};
  const filled = example.replace(/^([A-Z_]+)=$/gm, (_, name) => {
    values[name] = name === 'SPANLEDGER_KEYS' ? '' : secret();
    return `${name}=${values[name]}`;
  });
  const keys = [
    `ingest:default:${sha256(values.SPANLEDGER_INGEST_KEY)}`,
    `read:default:${sha256(values.SPANLEDGER_READ_KEY)}`,
    `admin:*:${sha256(values.SPANLEDGER_ADMIN_KEY)}`,
  ];
  return filled.replace(/^SPANLEDGER_KEYS=$/m, `SPANLEDGER_KEYS=${keys.join(',')}`);
}

await main((args) => {
  const target = path.resolve(args[0] ?? path.join(ROOT, '.env'));
  try {
    fs.writeFileSync(target, fill(fs.readFileSync(EXAMPLE, 'utf8')), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    throw new StepError(
      `${target} is already there`,
      'keep it, or delete it together with the volumes',
    );
  }
  process.stdout.write(`wrote ${target}\n`);
  return 0;
});
