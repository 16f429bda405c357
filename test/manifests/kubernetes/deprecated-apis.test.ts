import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { servedBy } from '../../../src/manifests/kubernetes/catalogue.ts';
import { deprecatedApi } from '../../../src/manifests/kubernetes/deprecated-apis.ts';
import { retiredApi } from '../../../src/manifests/kubernetes/removed-apis.ts';

/** Kubernetes' own word on the life of its API versions; `scripts/install-peers.sh` loads it. */
function moduleFolder(): string | null {
  const { status, stdout } = spawnSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' });
  const folder = path.join(stdout.trim(), 'k8s.io', 'api@v0.36.0');
  return status === 0 && existsSync(folder) ? folder : null;
}

interface Life {
  readonly name: readonly [apiVersion: string, kind: string];
  readonly deprecated: string | null;
  readonly removed: string | null;
}

function livesIn(folder: string): Life[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('zz_generated.prerelease-lifecycle.go'))
    .flatMap((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const register = readFileSync(path.join(folder, path.dirname(file), 'register.go'), 'utf8');
      const group = /GroupName\s*=\s*"([^"]*)"/.exec(register)?.[1] ?? '';
      const version = path.basename(path.dirname(file));
      const minorOf = (kind: string, what: string): string | null => {
        const match = new RegExp(
          `\\*${kind}\\) APILifecycle${what}\\(\\) [^{]*\\{\\s*return (\\d+), (\\d+)`,
        ).exec(text);
        return match === null ? null : `${match[1] ?? ''}.${match[2] ?? ''}`;
      };
      const kinds = [...text.matchAll(/\*(\w+)\) APILifecycleIntroduced/g)].map(([, kind = '']) => kind);
      return kinds.map((kind) => ({
        name: [group === '' ? version : `${group}/${version}`, kind] as const,
        deprecated: minorOf(kind, 'Deprecated'),
        removed: minorOf(kind, 'Removed'),
      }));
    });
}

const folder = moduleFolder();

(folder === null ? test.skip : test)('API versions go when Kubernetes itself says so', () => {
  let compared = 0;
  for (const { name, deprecated, removed } of livesIn(folder ?? '')) {
    const [apiVersion, kind] = name;
    // Questions to the server, which nobody deploys.
    const served = kind.endsWith('Review') ? [] : servedBy(apiVersion, kind);
    if (served.length > 0 && deprecated !== null) {
      compared += 1;
      expect([name, deprecatedApi(apiVersion, kind)]).toEqual([
        name,
        expect.objectContaining({ deprecatedIn: deprecated, removedIn: removed }),
      ]);
    }
    const retired = retiredApi(apiVersion, kind);
    if (retired !== null) expect([name, retired.removedIn]).toEqual([name, removed]);
  }
  expect(compared).toBeGreaterThan(15);
});
