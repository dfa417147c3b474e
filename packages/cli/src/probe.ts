// The span that `doctor` sends: a tool call, so that it shows in the ledger and costs nothing.

/** The attribute namespace of OpenTelemetry's conventions for generative AI. */
const NAMESPACE = 'gen_ai';
export const PROBE_TOOL = 'spanledger-doctor';
const INTERNAL = 1;

export interface Probe {
  readonly trace_id: string;
  readonly span_id: string;
  readonly end_ns: bigint;
}

/** The OTLP request, as JSON. */
export function probeRequest({ trace_id, span_id, end_ns }: Probe): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', PROBE_TOOL)] },
        scopeSpans: [
          {
            scope: { name: PROBE_TOOL },
            spans: [
              {
                traceId: trace_id,
                spanId: span_id,
                name: `execute_tool ${PROBE_TOOL}`,
                kind: INTERNAL,
                startTimeUnixNano: (end_ns - 1_000_000n).toString(),
                endTimeUnixNano: end_ns.toString(),
                attributes: [
                  text(`${NAMESPACE}.operation.name`, 'execute_tool'),
                  text(`${NAMESPACE}.tool.name`, PROBE_TOOL),
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}

function text(key: string, stringValue: string): unknown {
  return { key, value: { stringValue } };
}
