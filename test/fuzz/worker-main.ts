// A worker process: ranges of inputs come as messages, what was found goes back.

import { readCorpus } from './corpus.ts';
import { runRange, type Range } from './run.ts';

const corpus = readCorpus(process.argv[2]!);

process.on('message', (range: Range) => {
  process.send?.(runRange(corpus, range));
});
process.on('disconnect', () => process.exit());
