// A process that owns an embedded server and is killed by the test: prints what it started.

import { startClickHouse } from '../dist/index.js';

const { pid, url } = await startClickHouse({ path: process.argv[2] });
process.stdout.write(`${JSON.stringify({ pid, url })}\n`);
setInterval(() => {}, 60_000);
