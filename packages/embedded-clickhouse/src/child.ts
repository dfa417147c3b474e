// The child process: becomes ClickHouse and lives until its standard input closes. Started with
// the library, the folder of its configuration, and ClickHouse's command line.

import { rmSync, writeSync } from 'node:fs';
import { DataType, load, open } from 'ffi-rs';

const [library = '', configFolder = '', ...line] = process.argv.slice(2);

// A signal to the whole process group must not take ClickHouse away before its owner has stored
// what it still holds. The owner ends this process by closing its standard input.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('exit', () => rmSync(configFolder, { recursive: true, force: true }));

open({ library: 'clickhouse', path: library });
const result = await load({
  library: 'clickhouse',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [line.length, line],
  runInNewThread: true,
});

// Some errors are only in the result; asked for as a number first, for null is no text.
const error = {
  library: 'clickhouse',
  funcName: 'chdb_result_error',
  paramsType: [DataType.External],
  paramsValue: [result],
};
if (load({ ...error, retType: DataType.U64 }) !== 0) {
  const [first = ''] = load({ ...error, retType: DataType.String }).split('\n');
  writeSync(process.stderr.fd, `${first}\n`);
  process.exit(1);
}
process.exit(0);
