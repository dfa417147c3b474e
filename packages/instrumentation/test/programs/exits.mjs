// The program under test: one call, and then an end of the kind that is asked for.

import { pathToFileURL } from 'node:url';
import { trace } from '@opentelemetry/api';
import { withAgent, withTool } from '@spanledger/instrumentation';

const [, , sdk, baseURL, end] = process.argv;
const OpenAI = (await import(pathToFileURL(sdk).href)).default;
const client = new OpenAI({ apiKey: 'none', baseURL });
const messages = [{ role: 'user', content: 'Hi' }];

let idle = 0;
process.on('beforeExit', () => console.log('beforeExit', (idle += 1)));
process.on('exit', (code) => console.log('exit', code));

const { id } = await client.chat.completions.create({ model: 'm-chat', messages });
console.log(id);

const wait = () => setInterval(() => {}, 1000);

const ends = {
  drain: () => {},
  late: () => setTimeout(() => {}, 300),
  'exit-3': () => process.exit(3),
  'exit-code': () => (process.exitCode = 4),
  throw: () => {
    throw new TypeError('out of ideas');
  },
  reject: () => void Promise.reject(new RangeError('too far')),
  'unawaited-call': () => void client.chat.completions.create({ model: 'm-missing', messages }),
  signal: () => {
    wait();
    console.log('ready');
  },
  'own-listener': () => {
    wait();
    process.on('SIGTERM', () => {
      console.log('cleaning up');
      process.exit(7);
    });
    console.log('ready');
  },
  'counting-listener': () => {
    // As signal-exit does: alone on the signal, it raises it again.
    wait();
    const listener = () => {
      if (process.listeners('SIGTERM').length === 1) {
        process.removeListener('SIGTERM', listener);
        process.kill(process.pid, 'SIGTERM');
      }
    };
    process.on('SIGTERM', listener);
    console.log('ready');
  },
  'own-kill': () => {
    wait();
    process.kill(process.pid, 'SIGKILL');
  },
  'own-kill-9': () => {
    wait();
    process.kill(process.pid, 9);
  },
  'own-kill-15': () => {
    wait();
    process.kill(process.pid, 15);
  },
  // The last act of the program: nothing but the signal keeps it from ending with code 0.
  'last-SIGTERM': () => process.kill(process.pid),
  'last-SIGINT': () => process.kill(process.pid, 'SIGINT'),
  'last-SIGHUP': () => process.kill(process.pid, 'SIGHUP'),
  'last-15': () => process.kill(process.pid, 15),
  'last-reraised': () => {
    process.once('SIGTERM', () => process.kill(process.pid, 'SIGTERM'));
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => {}, 1000);
  },
  'last-with-listener': () => {
    process.on('SIGTERM', () => console.log('never, or once'));
    process.kill(process.pid, 'SIGTERM');
  },
  'only-asks': () => process.kill(process.pid, 0),
  'bad-span': () => {
    // Ends unreadable for whoever writes it out.
    trace.getTracer('test').startSpan(10n).end();
  },
  'bad-work': () => {
    const fail = () => {
      throw new Error('telemetry fails');
    };
    void withAgent('outer', () =>
      withTool('stubborn', () => {
        Object.assign(trace.getActiveSpan() ?? {}, { setAttribute: fail, end: fail });
        return new Promise(() => {});
      }),
    );
  },
  'inside-stream': async () => {
    const stream = await client.chat.completions.create({
      model: 'm-exit',
      messages,
      stream: true,
    });
    for await (const chunk of stream) {
      console.log(chunk.choices[0].delta.content);
      process.exit(5);
    }
  },
};
await ends[end]();
