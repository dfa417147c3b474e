// A real ClickHouse from npm, on loopback, in a child process that cannot outlive its owner.

export { EMBEDDED_ERRORS, EmbeddedClickHouseError, type EmbeddedErrorCode } from './errors.ts';
export { currentPlatform, libraryPackage, type Platform } from './library.ts';
export { type LogLevel } from './server-config.ts';
export { type ServerExit } from './server-process.ts';
export { startClickHouse, type ClickHouseOptions, type EmbeddedClickHouse } from './start.ts';
