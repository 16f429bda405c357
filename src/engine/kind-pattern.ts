import type { Manifest } from '../manifests/manifest.ts';

/** `group/version/Kind`, or `version/Kind` in the core group; `*` stands for any one part. */
export const KIND_PATTERN = '^([^/]+/)?[^/]+/[^/]+$';

/** Whether an object is of one of some kinds, each written as `KIND_PATTERN` says. */
export function compileKinds(patterns: readonly string[]): (manifest: Manifest) => boolean {
  const compiled = patterns.map(compileKind);
  return (manifest) => compiled.some((matches) => matches(manifest));
}

function compileKind(pattern: string): (manifest: Manifest) => boolean {
  const parts = pattern.split('/');
  const [group, version, kind] = parts.length === 3 ? parts : ['', ...parts];
  const matches = (want: string | undefined, have: string): boolean => want === '*' || want === have;
  return (manifest) =>
    matches(group, manifest.group) && matches(version, manifest.version) && matches(kind, manifest.kind);
}
