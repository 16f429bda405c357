// Builds the package when it is installed from Git, as pre-commit does. Without the sources or the compiler (a published
// package, or an installation for production) there is nothing to build, and neither is there when the build is newer than the
// sources. Plain old JavaScript: npm may run it on any Node.js.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const compiler = 'node_modules/typescript/bin/tsc';
const data = ['demo/openapi.json', 'demo/github.graphql'];
// What is copied last, so that a build that broke off is not taken for one.
const last = join('dist', data[data.length - 1]);

function newest(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce(function (time, entry) {
    const path = join(folder, entry.name);
    return Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }, 0);
}

function isBuilt() {
  return existsSync(last) && statSync(last).mtimeMs >= newest('src');
}

if (existsSync('src') && existsSync(compiler) && !isBuilt()) {
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noCheck'], { stdio: 'inherit' });
  for (const file of data) copyFileSync(join('src', file), join('dist', file));
}
