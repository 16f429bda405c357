// Builds the package when it is installed from Git, as pre-commit does. Without the sources or the compiler (a published
// package, or an installation for production) there is nothing to build. Plain old JavaScript: npm may run it on any Node.js.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';

const compiler = 'node_modules/typescript/bin/tsc';
if (existsSync('src') && existsSync(compiler)) {
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noCheck'], { stdio: 'inherit' });
  copyFileSync('src/demo/openapi.json', 'dist/demo/openapi.json');
}
