// What a run tells beside its span: the names of its events, and every attribute of our own that runs,
// executions and usage told by hand carry. Absent means unknown.

/*
 * Events are small log records, sent while the run goes on, each with the span of the run: what has a
 * start and no end is running, or its process died. All but the first and the last stand on the
 * run's span too. They tell no usage.
 */
export const EXECUTION_START = 'spanledger.execution.start';
export const EXECUTION_END = 'spanledger.execution.end';
export const EXECUTION_STATUS = 'spanledger.execution.status';
export const EXECUTION_STAGE = 'spanledger.execution.stage';
export const EXECUTION_STAGE_END = 'spanledger.execution.stage_end';
export const EXECUTION_LOG = 'spanledger.execution.log';
export const EXECUTION_ROUTE = 'spanledger.execution.route';
export const EXECUTION_SKIP = 'spanledger.execution.skip';
export const EXECUTION_BUDGET_STOPPED = 'spanledger.execution.budget_stopped';

/** The step of a plan that this run is, in the program's words: plan, execute, observe, … */
export const EXECUTION_STEP = 'spanledger.execution.step';
/** What the program does with the model here: generate, stream, analyze, … */
export const ACTION_TYPE = 'spanledger.action_type';
/** Prefix of the caller's own objects that a run belongs to: report_id, widget_id, … */
export const LINK_PREFIX = 'spanledger.link.';
/** pending, running, llm_request, llm_response, success, failed, timeout, cancelled, skipped, or
 * the program's own word. On the span of a run: the last one. */
export const STATUS = 'spanledger.status';
/** What went wrong, in the words of the error; redacted as content is, and cut off. */
export const ERROR_MESSAGE = 'spanledger.error.message';
/** Where it came from: the stack of the error, likewise. */
export const ERROR_STACK = 'spanledger.error.stack';
/** How long a stage or a run took, in ms. */
export const DURATION_MS = 'spanledger.duration_ms';
/** The span of the run that began this one. */
export const PARENT_SPAN_ID = 'spanledger.parent.span_id';

/** How sure an agent was that it need not respond, from 0 to 1, and why. */
export const SKIP_CONFIDENCE = 'spanledger.skip.confidence';
export const SKIP_REASONING = 'spanledger.skip.reasoning';
/** Whom a router could have chosen, whom it chose, and why. */
export const ROUTE_CANDIDATES = 'spanledger.route.candidates';
export const ROUTE_CHOSEN = 'spanledger.route.chosen';
export const ROUTE_REASON = 'spanledger.route.reason';
/** Work that did not begin: by which budget, of which scope, of which agent, and why: `exhausted`, or
 * `unreachable` where nobody could say and the program asked to be stopped then. */
export const BUDGET_NAME = 'spanledger.budget.name';
export const BUDGET_SCOPE = 'spanledger.budget.scope';
export const BUDGET_AGENT = 'spanledger.budget.agent';
export const BUDGET_REASON = 'spanledger.budget.reason';
/** Prefix of the fields that the program logs with a message. */
export const LOG_FIELD_PREFIX = 'spanledger.log.';

/** What a run was given and what it made, as JSON text; only with content capture on. */
export const INPUT = 'spanledger.input';
export const OUTPUT = 'spanledger.output';
/** Their sizes in UTF-16 code units, where they were given as text. */
export const INPUT_SIZE = 'spanledger.input.size';
export const OUTPUT_SIZE = 'spanledger.output.size';

/** True when the program told the usage by hand. */
export const RECORDED_BY_HAND = 'spanledger.by_hand';
/** Model requests that this usage is the sum of, as the agent's result tells it. */
export const USAGE_REQUESTS = 'spanledger.usage.requests';

/** A long-running request to make an agent. Prompt, schema, skills and errors are content. */
export const GENERATION_ID = 'spanledger.generation.id';
export const GENERATION_IS_UPDATE = 'spanledger.generation.is_update';
export const GENERATION_EXISTING_AGENT_ID = 'spanledger.generation.existing_agent_id';
export const GENERATION_MODEL = 'spanledger.generation.model';
export const GENERATION_RETRY_COUNT = 'spanledger.generation.retry_count';
export const GENERATION_AGENT_SCHEMA = 'spanledger.generation.agent_schema';
export const GENERATION_IDENTIFIED_SKILLS = 'spanledger.generation.identified_skills';
export const GENERATION_VALIDATION_ERRORS = 'spanledger.generation.validation_errors';
/** How many of them there were. */
export const GENERATION_VALIDATION_ERROR_COUNT = 'spanledger.generation.validation_error_count';

/** Verdicts on the text of an answer: the mean of the checks from 0 to 1, and whether none is an error. */
export const QUALITY_SCORE = 'spanledger.quality.score';
export const QUALITY_VALID = 'spanledger.quality.valid';
/** empty, error_pattern, refusal, invalid_json. */
export const QUALITY_ERRORS = 'spanledger.quality.errors';
/** too_short, too_long, self_correction. */
export const QUALITY_WARNINGS = 'spanledger.quality.warnings';
export const QUALITY_WORDS = 'spanledger.quality.words';
export const QUALITY = [
  ...[QUALITY_SCORE, QUALITY_VALID, QUALITY_ERRORS, QUALITY_WARNINGS, QUALITY_WORDS],
] as const;
