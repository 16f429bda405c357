// The command line itself in a process of its own, with what it took for whoever started it.
import { writeSync } from 'node:fs';
import { main } from '../../src/cli.ts';
import { usage } from './stages.ts';

process.on('exit', () => {
  writeSync(1, JSON.stringify(usage()));
});
await main(process.argv.slice(2));
