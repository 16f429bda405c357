import { parseCodeOwners } from '../engine/code-owners.ts';

/** What decides how the repository is judged and read, wherever owners are asked for at all. */
const GATE_FILES =
  /^(?:\.github\/(?:gitops-warden\b.*|CODEOWNERS|workflows\/.+)|CODEOWNERS|docs\/CODEOWNERS|(?:.*\/)?\.sops\.yaml)$/;
/** What Argo CD and Flux deploy, as far as a name tells. */
const MANIFEST = /\.(?:ya?ml|json|tpl|jsonnet|libsonnet)$/i;
/** Folders that hold no manifests, whatever stands in them. */
const ELSEWHERE = /^(?:\.[^/]+|docs?|node_modules)\//;

/**
 * Files that somebody should own and nobody does, folders in the place of all that is in them; sorted. A folder ends with
 * a slash.
 */
export function unownedPlaces(codeOwners: string, paths: readonly string[]): readonly string[] {
  const ownersOf = parseCodeOwners(codeOwners);
  const guarded = paths.filter(
    (path) => GATE_FILES.test(path) || (MANIFEST.test(path) && !ELSEWHERE.test(path)),
  );
  const owned = new Set(guarded.filter((path) => ownersOf(path).length > 0));
  const foldersWithOwners = new Set([...owned].flatMap(foldersOf));
  const places = guarded
    .filter((path) => !owned.has(path))
    .map((path) => foldersOf(path).find((folder) => !foldersWithOwners.has(folder)) ?? path);
  return [...new Set(places)].sort();
}

/** `a/`, `a/b/` of `a/b/c`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
}
