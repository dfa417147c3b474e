// Every attribute of our own, and nothing else under `spanledger.`: what OpenTelemetry has no
// name for and the ledger wants to know. Absent means unknown.

/** HTTP requests made for this call, retries included; written when there was more than one. */
export const ATTEMPTS = 'spanledger.attempts';

/** True when the program gave up before the provider had finished: break, abort, exit, dropped. */
export const STREAM_ABORTED = 'spanledger.stream.aborted';
/** Chunks or events the program received from the stream. */
export const STREAM_CHUNKS = 'spanledger.stream.chunks';

/** True when the program took the raw HTTP response, so that its body was not seen by us. */
export const RESPONSE_RAW = 'spanledger.response.raw';

/** True when the process ended while this was running. */
export const UNFINISHED = 'spanledger.unfinished';

/** Number of tool definitions sent with the request. */
export const TOOLS_COUNT = 'spanledger.tools.count';
/** Their size as JSON text, in UTF-16 code units (for ASCII definitions: bytes). */
export const TOOLS_SIZE = 'spanledger.tools.size';
/** The first 16 hex digits of the SHA-256 of that text: equal for equal tool sets. */
export const TOOLS_HASH = 'spanledger.tools.hash';

/** The run this work belongs to, when the program names it. */
export const EXECUTION_ID = 'spanledger.execution.id';
/** What the agent was doing: the innermost `withStage`; also the name of the event that marks it. */
export const STAGE = 'spanledger.stage';
/** The program's own label of the customer or team it worked for; never trusted as identity. */
export const ORGANISATION = 'spanledger.organisation';
/** Prefix of the program's own labels, set with `setContext({ labels })`. */
export const LABEL_PREFIX = 'spanledger.label.';
