import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json, rules/ and schemas/, from the sources as well as from the build. */
export const PACKAGE_ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

const manifest = JSON.parse(readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  version: string;
  homepage: string;
};

export const VERSION = manifest.version;

/** The page of a rule that comes with gitops-warden. */
export function rulePageUrl(ruleId: string): string {
  return `${manifest.homepage}/blob/main/rules/${ruleId}/README.md`;
}
