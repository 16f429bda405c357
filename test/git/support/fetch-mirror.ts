// A process of its own that fetches into a mirror: `fetch-mirror.ts <directory> <url> <key> <token>`. It says which
// commit it got, reads until its input ends, and closes the mirror.
import { createMirrors } from '../../../src/git/mirrors.ts';

const [directory = '', url = '', key = '', token = ''] = process.argv.slice(2);
const mirrors = createMirrors({ directory });
const repository = await mirrors.fetch({ key, url, token, refspecs: ['+refs/heads/main:refs/heads/main'] });
const tip = await repository.resolve('refs/heads/main');
const files = (await repository.tree(tip)).size;
process.stdout.write(`${tip} ${files}\n`);
process.stdin.on('data', () => undefined);
process.stdin.once('end', () => {
  repository.close();
});
