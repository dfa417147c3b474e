// Where the events of running work go: what the variables of logs say, else beside the spans.

export interface EventsDestination {
  /** With path; null for nowhere. */
  readonly url: string | null;
  /** As written in the variable: `key=value,key=value`. */
  readonly headers: string;
}

const TRACES_PATH = /\/v1\/traces\/?$/;
const LOGS_PATH = '/v1/logs';

/** `said` reads a variable; `otherwise` is the endpoint where none is named. */
export function readEventsDestination(
  said: (name: string) => string | null,
  otherwise: string,
  complaints: string[],
): EventsDestination {
  const common = said('OTEL_EXPORTER_OTLP_HEADERS');
  const headers = said('OTEL_EXPORTER_OTLP_LOGS_HEADERS') ?? common ?? '';
  if (said('OTEL_LOGS_EXPORTER')?.toLowerCase() === 'none') return { url: null, headers };
  const whole = said('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT');
  if (whole !== null && !isHttp(whole)) {
    complaints.push('the OTLP endpoint of logs is not an http URL; none are sent');
    return { url: null, headers };
  }
  if (whole !== null) return { url: whole, headers };
  const base = said('OTEL_EXPORTER_OTLP_ENDPOINT');
  const traces = said('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  if (base === null && traces !== null) return besideTraces(said, traces, headers, complaints);
  const url = `${(base ?? otherwise).replace(/\/+$/, '')}${LOGS_PATH}`;
  return { url: isHttp(url) ? url : null, headers };
}

/** The same host and the same key: nothing goes where nobody asked for it. */
function besideTraces(
  said: (name: string) => string | null,
  traces: string,
  headers: string,
  complaints: string[],
): EventsDestination {
  if (isHttp(traces) && TRACES_PATH.test(traces)) {
    const own = said('OTEL_EXPORTER_OTLP_LOGS_HEADERS');
    const theirs = own ?? said('OTEL_EXPORTER_OTLP_TRACES_HEADERS') ?? headers;
    return { url: traces.replace(TRACES_PATH, LOGS_PATH), headers: theirs };
  }
  complaints.push(
    'events of running work go nowhere: OTEL_EXPORTER_OTLP_LOGS_ENDPOINT says where to, ' +
      'OTEL_LOGS_EXPORTER=none that none are wanted',
  );
  return { url: null, headers };
}

const isHttp = (url: string): boolean => URL.canParse(url) && /^https?:/.test(url);
