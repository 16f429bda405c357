import type { Manifest } from '../manifests/manifest.ts';

/** `group/version/Kind`, or `version/Kind` in the core group; `*` stands for any one part. */
export const KIND_PATTERN = '^([^/]+/)?[^/]+/[^/]+$';
/** A schema's type of such a text. */
export const KIND_TEXT = {
  type: 'string',
  pattern: KIND_PATTERN,
  examples: ['apps/v1/Deployment', 'v1/Secret', '*/*/Ingress'],
} as const;

/** Whether an object is of one of some kinds, each written as `KIND_PATTERN` says. Each kind is matched once. */
export function compileKinds(patterns: readonly string[]): (manifest: Manifest) => boolean {
  const compiled = patterns.map(compileKind);
  const known = new Map<string, Map<string, boolean>>();
  return (manifest) => {
    let versions = known.get(manifest.kind);
    if (versions === undefined) {
      versions = new Map<string, boolean>();
      known.set(manifest.kind, versions);
    }
    let answer = versions.get(manifest.apiVersion);
    if (answer === undefined) {
      answer = compiled.some((matches) => matches(manifest));
      versions.set(manifest.apiVersion, answer);
    }
    return answer;
  };
}

function compileKind(pattern: string): (manifest: Manifest) => boolean {
  const parts = pattern.split('/');
  const [group, version, kind] = parts.length === 3 ? parts : ['', ...parts];
  const matches = (want: string | undefined, have: string): boolean => want === '*' || want === have;
  return (manifest) =>
    matches(group, manifest.group) && matches(version, manifest.version) && matches(kind, manifest.kind);
}
