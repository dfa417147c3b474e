// The settings as the preload reads them, how the program is started, and the runtime.

import type { Config } from '../config.ts';
import { runtimeNote } from '../runtime.ts';
import { good, type Finding } from './finding.ts';
import type { Tree } from './installed.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const SECTION = 'settings';
const ALWAYS_ON = /^(parentbased_)?always_on$/;
const KEY_HEADERS = ['authorization', 'x-api-key'];
const PRELOAD =
  /@spanledger\/instrumentation\/(?:register|hook)|instrumentation\/dist\/(?:bundle\/)?(?:register|hook)\.js/;

const doubt = (name: string, found: string, next_step: string): Finding => ({
  section: SECTION,
  name,
  state: 'doubt',
  found,
  next_step,
});

export function settingFindings(config: Config, environment: Environment, tree: Tree): Finding[] {
  return [
    ...off(environment),
    startedBy(environment, tree),
    ...destination(config, environment),
    key(config),
    content(config),
    sampling(environment),
    ...config.complaints.map((complaint) =>
      doubt('not understood', complaint, 'correct or unset it'),
    ),
  ];
}

/** The variables that turn everything off. */
function off(environment: Environment): Finding[] {
  return ['SPANLEDGER_DISABLED', 'OTEL_SDK_DISABLED']
    .filter((name) => environment[name]?.trim().toLowerCase() === 'true')
    .map((name) => ({
      section: SECTION,
      name: 'disabled',
      state: 'bad',
      found: `${name}=true: nothing is loaded and nothing is recorded`,
      next_step: 'unset it',
    }));
}

function startedBy(environment: Environment, { scripts }: Tree): Finding {
  const places = [
    ...(PRELOAD.test(environment['NODE_OPTIONS'] ?? '') ? ['NODE_OPTIONS'] : []),
    ...Object.entries(scripts)
      .filter(([, line]) => PRELOAD.test(line))
      .map(([name]) => `script "${name}"`),
  ];
  if (places.length > 0) return good(SECTION, 'preload', places.join(', '));
  return {
    section: SECTION,
    name: 'preload',
    state: 'skipped',
    found: 'neither NODE_OPTIONS nor a script of package.json names it',
    next_step: 'start the program with node --import @spanledger/instrumentation/register',
  };
}

function destination(config: Config, environment: Environment): Finding[] {
  if (!config.exportsSpans) {
    const next_step = 'unset it, unless the program has an SDK that sends its spans';
    return [doubt('endpoint', 'OTEL_TRACES_EXPORTER=none: we send nothing', next_step)];
  }
  const named = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'].find((name) =>
    environment[name]?.trim(),
  );
  const spans = good(
    SECTION,
    'endpoint',
    `${withoutSecret(config.url)}, ${named === undefined ? 'the default' : `from ${named}`}, ${config.protocol}`,
  );
  if (config.eventsUrl !== null) return [spans];
  // Where nobody asked for it, a complaint says so.
  if (environment['OTEL_LOGS_EXPORTER']?.trim().toLowerCase() !== 'none') return [spans];
  const found = 'OTEL_LOGS_EXPORTER=none: what is running now is not told';
  return [spans, { section: SECTION, name: 'events', state: 'skipped', found, next_step: '' }];
}

function key(config: Config): Finding {
  const named = KEY_HEADERS.find((name) => config.headers[name] !== undefined);
  if (named !== undefined) return good(SECTION, 'key', `in the header ${named}`);
  return {
    section: SECTION,
    name: 'key',
    state: 'skipped',
    found: 'none is sent, which is right for a service without keys',
    next_step: 'OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20<key>',
  };
}

function content(config: Config): Finding {
  if (!config.capturesContent) return good(SECTION, 'content', 'messages do not leave');
  const { said, module } = config.privacy;
  if (said['redact'] === 'none') {
    const next_step = 'unset SPANLEDGER_REDACT to have secrets and personal data redacted';
    return doubt('content', 'messages leave, and nothing of them is redacted', next_step);
  }
  const options = Object.keys(said).filter((name) => name !== 'content');
  const own = [...options, ...(module === null ? [] : ['redactor'])];
  const shown = own.length === 0 ? '' : `; options set: ${own.join(', ')}`;
  return good(SECTION, 'content', `messages leave as asked, redacted${shown}`);
}

function sampling(environment: Environment): Finding {
  const sampler = environment['OTEL_TRACES_SAMPLER']?.trim() ?? '';
  if (sampler === '' || ALWAYS_ON.test(sampler)) return good(SECTION, 'sampling', 'all spans');
  const rate = environment['OTEL_TRACES_SAMPLER_ARG']?.trim();
  return {
    section: SECTION,
    name: 'sampling',
    state: 'bad',
    found: `OTEL_TRACES_SAMPLER=${sampler}${rate ? `, OTEL_TRACES_SAMPLER_ARG=${rate}` : ''}: what is sampled away is in no account`,
    next_step: 'unset it, or sample in a collector behind the ledger',
  };
}

/** An address may hold a password. */
function withoutSecret(address: string): string {
  const url = new URL(address);
  url.password = '';
  url.username = '';
  return url.href;
}

const NODE_LEAST = [20, 19] as const;

export function runtimeFinding(versions: Readonly<Record<string, string | undefined>>): Finding {
  const note = runtimeNote(versions);
  const at = { section: 'runtime', name: 'runtime' } as const;
  if (note !== null) {
    const [found = '', next_step = ''] = note.split(/[:;] (?=clients|start|see)/);
    return {
      ...at,
      state: 'bad',
      found,
      next_step: next_step || 'see docs/instrumentation/runtimes.md',
    };
  }
  const [major = 0, minor = 0] = (versions['node'] ?? '').split('.').map(Number);
  const enough = major > NODE_LEAST[0] || (major === NODE_LEAST[0] && minor >= NODE_LEAST[1]);
  if (enough) return good('runtime', 'runtime', `Node ${versions['node']}`);
  const next_step = `install Node ${NODE_LEAST.join('.')} or later`;
  return { ...at, state: 'bad', found: `Node ${versions['node']}`, next_step };
}
