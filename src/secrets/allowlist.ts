import type { Allowlist } from './rule-set.ts';
import type { Engine, Pattern } from './pattern/pattern.ts';

/** Where a text stands. */
export interface Place {
  readonly path: string;
  /** Null for a version that stands in a tree. */
  readonly commit: string | null;
}

/** What was found, as an allowlist looks at it. */
export interface Candidate {
  readonly secret: string;
  readonly match: string;
  readonly line: string;
}

const any = (patterns: readonly Pattern[], text: string, engine: Engine): boolean =>
  text !== '' && patterns.some((pattern) => pattern.test(text, engine));

/** Whether a path or commit alone is allowed, before its content is looked at. */
export function isPlaceAllowed(place: Place, allowlists: readonly Allowlist[], engine: Engine): boolean {
  return allowlists.some((list) => {
    const commit = hasCommit(list, place);
    const path = any(list.paths, place.path, engine);
    if (list.condition === 'or') return commit || path;
    // What the content has to say is asked later.
    if (list.regexes.length > 0 || list.stopwords.length > 0) return false;
    return (list.commits.length === 0 || commit) && (list.paths.length === 0 || path);
  });
}

/** Whether a finding is allowed by what it is. */
export function isFindingAllowed(
  candidate: Candidate,
  place: Place,
  allowlists: readonly Allowlist[],
  engine: Engine,
): boolean {
  return allowlists.some((list) => {
    const regex = any(list.regexes, candidate[list.regexTarget], engine);
    const stopword = hasStopword(list, candidate.secret);
    if (list.condition === 'or') return regex || stopword;
    return (
      (list.commits.length === 0 || hasCommit(list, place)) &&
      (list.paths.length === 0 || any(list.paths, place.path, engine)) &&
      (list.regexes.length === 0 || regex) &&
      (list.stopwords.length === 0 || stopword)
    );
  });
}

function hasCommit(list: Allowlist, { commit }: Place): boolean {
  return commit !== null && list.commits.includes(commit.toLowerCase());
}

function hasStopword(list: Allowlist, secret: string): boolean {
  if (list.stopwords.length === 0) return false;
  const lower = secret.toLowerCase();
  return list.stopwords.some((word) => lower.includes(word));
}
