// What Claude Code is told by its environment: the trace it belongs to, and where telemetry goes.

import { isSpanContextValid, trace, type Context } from '@opentelemetry/api';
import { fields, type Fields } from '../calls/request.ts';

/** The child inherits it, so it is read anew for each run. */
const inherited = (): Fields => process.env;

/** What the child would get without us: what the options say, in place of everything else. */
export function environmentOf(options: Fields): Fields {
  return fields(options['env'] ?? inherited());
}

const isOn = (value: unknown): boolean => value === '1' || value === 'true';

/** Whose bill the calls of the child are. */
export function providerOf(environment: Fields): string {
  if (isOn(environment['CLAUDE_CODE_USE_BEDROCK'])) return 'aws.bedrock';
  return isOn(environment['CLAUDE_CODE_USE_VERTEX']) ? 'gcp.vertex_ai' : 'anthropic';
}

/** True when the child itself sends a record of each of its calls. */
export function exportsCalls(environment: Fields): boolean {
  if (!isOn(environment['CLAUDE_CODE_ENABLE_TELEMETRY'])) return false;
  const spans =
    isOn(environment['CLAUDE_CODE_ENHANCED_TELEMETRY_BETA']) && sends(environment, 'TRACES');
  return spans || sends(environment, 'LOGS');
}

const sends = (environment: Fields, signal: string): boolean =>
  environment[`OTEL_${signal}_EXPORTER`] === 'otlp';

/** The environment with `TRACEPARENT` and with this process's OTEL_* variables where it has none. */
export function childEnvironment(environment: Fields, inner: Context): Fields {
  const told: Record<string, unknown> = {};
  const ours = inherited();
  for (const [name, value] of Object.entries(ours)) {
    if (name.startsWith('OTEL_')) told[name] = value;
  }
  const span = trace.getSpanContext(inner);
  if (span !== undefined && isSpanContextValid(span)) {
    const flags = span.traceFlags.toString(16).padStart(2, '0');
    told['TRACEPARENT'] = `00-${span.traceId}-${span.spanId}-${flags}`;
  }
  return { ...told, ...environment, ...('TRACEPARENT' in told && { TRACEPARENT: told['TRACEPARENT'] }) }; // prettier-ignore
}
