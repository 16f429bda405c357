import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Loads a package from the npm registry and unpacks it below `directory`; returns where it is then. */
export function unpackPackage(name: string, directory: string): string {
  const target = path.join(directory, name.replace(/\W+/g, '-'));
  mkdirSync(target);
  execFileSync('npm', ['pack', '--silent', name], { cwd: target, stdio: ['ignore', 'ignore', 'inherit'] });
  const [archive = ''] = readdirSync(target);
  execFileSync('tar', ['xzf', archive, '--strip-components=1'], { cwd: target });
  return target;
}
