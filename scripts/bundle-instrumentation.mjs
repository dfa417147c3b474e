// Puts the built instrumentation, and what it uses of OpenTelemetry's SDK, into a few files: Node takes
// longer to find and read a hundred modules than all of them take to run. Entries share their chunks, so
// that the preload and what a program imports are one copy.

import fs from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const BUILT = path.join(ROOT, 'packages', 'instrumentation', 'dist');
const BUNDLE = path.join(BUILT, 'bundle');
const LICENCES = 'LICENSES.txt';
const STAMP = path.join(BUNDLE, '.stamp');

/** Everything that is loaded by its name or started as a thread. */
const ENTRIES = [
  ...['register.js', 'hook.js', 'index.js', 'bundler.js', 'inspection-main.js'],
  ...['hooks/loader-thread.js', 'sending/exit-sender.js'],
];

/** Loaded by few programs, or with the first batch. */
const EXTERNAL = ['@opentelemetry/otlp-transformer', '@apm-js-collab/code-transformer'];

/** The program's own copy. It is CommonJS: imported, Node would read its sixty files twice. */
const API = '@opentelemetry/api';

function asModule() {
  const require = createRequire(path.join(BUILT, 'register.js'));
  const names = Object.keys(require(API)).filter((name) => name !== 'default');
  return `import { createRequire } from 'node:module';
    const api = createRequire(import.meta.url)('${API}');
    ${names.map((name) => `export const ${name} = api.${name};`).join('\n')}`;
}

/** In ES modules there is no `require`: what CommonJS asks Node for is imported in its place. */
const doors = {
  name: 'doors',
  setup(build) {
    build.onResolve({ filter: /^@opentelemetry\/api$/ }, () => ({ path: API, namespace: 'api' }));
    build.onLoad({ filter: /.*/, namespace: 'api' }, () => ({
      contents: asModule(),
      loader: 'js',
    }));
    build.onResolve({ filter: /.*/ }, ({ kind, path: name, namespace }) =>
      kind === 'require-call' && isBuiltin(name) && namespace !== 'node'
        ? { path: name, namespace: 'node' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'node' }, ({ path: name }) => ({
      contents: `export * from '${name}';`,
      loader: 'js',
    }));
  },
};

function newest(folder) {
  let found = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (file !== BUNDLE) found = Math.max(found, newest(file));
    } else if (entry.name.endsWith('.js')) found = Math.max(found, fs.statSync(file).mtimeMs);
  }
  return found;
}

function isCurrent() {
  const made = fs.statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return made > Math.max(newest(BUILT), fs.statSync(fileURLToPath(import.meta.url)).mtimeMs);
}

/** The texts that come with the packages a bundle is made of: whoever ships their code ships these. */
function licencesOf(inputs) {
  const folders = new Set();
  for (const file of Object.keys(inputs)) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
    if (found !== null) folders.add(path.join(ROOT, found[1]));
  }
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      fs.readFileSync(path.join(folder, 'package.json'), 'utf8'),
    );
    const texts = fs.readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
    if (texts.length === 0) throw new Error(`${name} comes without the text of its licence`);
    const whole = texts.map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...whole].join('\n\n');
  });
}

/** Programs may be starting from it: each file is there whole or as it was, and chunks come first. */
function write(outputs) {
  fs.mkdirSync(BUNDLE, { recursive: true });
  const entries = new Set(ENTRIES.map((entry) => path.join(BUNDLE, path.basename(entry))));
  const ordered = outputs.toSorted((a, b) => entries.has(a.path) - entries.has(b.path));
  for (const { path: file, contents } of ordered) {
    const temporary = `${file}.${process.pid}`;
    fs.writeFileSync(temporary, contents);
    fs.renameSync(temporary, file);
  }
  const wanted = new Set(outputs.map((output) => output.path));
  for (const name of fs.readdirSync(BUNDLE)) {
    const file = path.join(BUNDLE, name);
    if (name.endsWith('.js') && !wanted.has(file)) fs.rmSync(file, { force: true });
  }
}

/** Does nothing where it has been done since the last build. */
export async function bundleInstrumentation() {
  if (!fs.existsSync(path.join(BUILT, 'register.js')) || isCurrent()) return;
  const began = new Date();
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    metafile: true,
    entryPoints: ENTRIES.map((entry) => path.join(BUILT, entry)).filter((file) =>
      fs.existsSync(file),
    ),
    entryNames: '[name]',
    bundle: true,
    splitting: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // The SDK's own ES modules: of these only what is used is taken.
    mainFields: ['module', 'main'],
    external: EXTERNAL,
    plugins: [doors],
    outdir: BUNDLE,
    logLevel: 'warning',
  });
  write(outputFiles);
  const licences = licencesOf(metafile.inputs).join(`\n\n${'='.repeat(72)}\n\n`);
  fs.writeFileSync(path.join(BUNDLE, LICENCES), `${licences}\n`);
  fs.writeFileSync(STAMP, '');
  fs.utimesSync(STAMP, began, began);
}

/** For vitest, which calls it once before all tests: those that need no bundle run without one. */
export default async function bundleBeforeTests() {
  await bundleInstrumentation().catch((error) => {
    process.stderr.write(`cannot bundle the instrumentation: ${error.message}\n`);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleInstrumentation();
