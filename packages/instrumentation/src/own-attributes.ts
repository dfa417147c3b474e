// Every attribute of our own, and nothing else under `spanledger.`: what OpenTelemetry has no
// name for and the ledger wants to know. Absent means unknown.

/** HTTP requests made for this call, retries included; written when there was more than one. */
export const ATTEMPTS = 'spanledger.attempts';
/**
 * Why a request was made again, in order: the HTTP status or the error of each but the last. At
 * most 16.
 */
export const RETRIES_REASONS = 'spanledger.retries.reasons';
/** Seconds from the first request to the start of the last: what the retries cost in time. */
export const RETRIES_TIME = 'spanledger.retries.time';

/** True when the program gave up before the provider had finished: break, abort, exit, dropped. */
export const STREAM_ABORTED = 'spanledger.stream.aborted';
/** Chunks or events the program received from the stream. */
export const STREAM_CHUNKS = 'spanledger.stream.chunks';

/**
 * Characters of text and of tool arguments that were received of a stream, in UTF-16 code units;
 * written when the provider did not say how many tokens they are.
 */
export const STREAM_CHARACTERS = 'spanledger.stream.characters';
/** Our guess from these characters, never the provider's figure. */
export const ESTIMATED_OUTPUT_TOKENS = 'spanledger.estimate.output_tokens';

/** How the provider served the call, in its own words in lower case, where no convention names it. */
export const SERVICE_TIER = 'spanledger.service_tier';
/** Searches that a ranking was billed by. */
export const SEARCH_UNITS = 'spanledger.usage.search_units';
/** What a provider processed where it bills another figure: every token of the prompt it was sent. */
export const PROCESSED_INPUT_TOKENS = 'spanledger.usage.processed_input_tokens';

/** True when the program took the raw HTTP response, so that its body was not seen by us. */
export const RESPONSE_RAW = 'spanledger.response.raw';

/** True when the process ended while this was running. */
export const UNFINISHED = 'spanledger.unfinished';

/** Number of tool definitions sent with the request. */
export const TOOLS_COUNT = 'spanledger.tools.count';
/** Their size as JSON text, in bytes of UTF-8. */
export const TOOLS_SIZE = 'spanledger.tools.size';
/** The first 16 hex digits of the SHA-256 of that text: equal for equal tool sets. */
export const TOOLS_HASH = 'spanledger.tools.hash';

/** Their names in order, at most 64; a tool of the provider's own by its type. */
export const TOOLS_NAMES = 'spanledger.tools.names';
/** The size of each as JSON text, in bytes of UTF-8; in the same order. */
export const TOOLS_SIZES = 'spanledger.tools.sizes';

/** Number of tool calls in the answer. */
export const TOOL_CALLS_COUNT = 'spanledger.tool_calls.count';
/** The tools that were called, in order; at most 64. */
export const TOOL_CALLS_NAMES = 'spanledger.tool_calls.names';
/** The size of each call's arguments as JSON text, in UTF-16 code units; in the same order. */
export const TOOL_CALLS_SIZES = 'spanledger.tool_calls.sizes';

/** Images in the answer. */
export const IMAGES_COUNT = 'spanledger.images.count';
/** As asked for or answered: `1024x1024`. */
export const IMAGES_SIZE = 'spanledger.images.size';
/** As asked for or answered: `high`, `hd`. */
export const IMAGES_QUALITY = 'spanledger.images.quality';
/** Seconds of audio that the provider says it counted. */
export const AUDIO_INPUT_SECONDS = 'spanledger.audio.input_seconds';
/** Characters of text to be spoken, in UTF-16 code units: what some providers bill speech by. */
export const SPEECH_CHARACTERS = 'spanledger.speech.characters';

/** The size of what a tool was given, and of what it gave back, as JSON text in bytes of UTF-8. */
export const TOOL_ARGUMENTS_SIZE = 'spanledger.tool.arguments.size';
export const TOOL_RESULT_SIZE = 'spanledger.tool.result.size';
/** The MCP server's own name: of the one asked, or of the one that answers. */
export const MCP_SERVER = 'spanledger.mcp.server';
/** Tokens that tools of the provider's own used within an answer, told beside input and output. */
export const CONNECTOR_TOKENS = 'spanledger.usage.connector_tokens';
/** Number of documents that a retriever gave back. */
export const RETRIEVED_COUNT = 'spanledger.retrieved.count';
/** True when a guardrail stopped the run. */
export const GUARDRAIL_TRIGGERED = 'spanledger.guardrail.triggered';

/** A call that the provider made to a model within an answer, in its word: advisor_message, compaction.
 * Its tokens are not among those of the call above it. */
export const CALL_WITHIN = 'spanledger.call.within';

/** True when the usage is the sum over all calls that one run made to this model. */
export const USAGE_OF_RUN = 'spanledger.usage.of_run';

/** The attributes of this span of which a part was left out for its size. */
export const CONTENT_CUT = 'spanledger.content.cut';
/** The attributes that are not there because they could not be redacted. */
export const CONTENT_WITHHELD = 'spanledger.content.withheld';

/** The run this work belongs to, when the program names it. */
export const EXECUTION_ID = 'spanledger.execution.id';
/** What the agent was doing: the innermost `withStage`; also the name of the event that marks it. */
export const STAGE = 'spanledger.stage';
/** The program's own label of the customer or team it worked for; never trusted as identity. */
export const ORGANISATION = 'spanledger.organisation';
/** Prefix of the program's own labels, set with `setContext({ labels })`. */
export const LABEL_PREFIX = 'spanledger.label.';
