import type { AllowlistData, RuleSetData, SecretRuleData } from '../rule-set.ts';

/** What gitleaks' rule files are known to get wrong, each mended unless it is switched off. */
export interface Corrections {
  /** `^true|false|null$` means three words, not every secret with `false` in it. */
  readonly anchoredAllowlists: boolean;
  /** A generic rule stays silent on the paths by which an ExternalSecret names what it fetches. */
  readonly remoteReferences: boolean;
}

const REMOTE_REFERENCE: AllowlistData = {
  condition: 'or',
  commits: [],
  paths: [],
  regexTarget: 'line',
  regexes: [
    '^[ \\t-]*["\']?(?:key|property|secretKey|remoteKey|path)["\']?[ \\t]*:[ \\t]*["\']?[\\w.-]*(?:/[\\w.-]+)+["\']?[ \\t\\r]*$',
  ],
  stopwords: [],
};

export function correct(
  data: RuleSetData,
  { anchoredAllowlists, remoteReferences }: Corrections,
): RuleSetData {
  const anchor = (list: AllowlistData): AllowlistData =>
    anchoredAllowlists
      ? { ...list, regexes: list.regexes.map(anchored), paths: list.paths.map(anchored) }
      : list;
  const rule = (one: SecretRuleData): SecretRuleData => {
    const generic = remoteReferences && one.id.toLowerCase().includes('generic');
    return { ...one, allowlists: [...one.allowlists.map(anchor), ...(generic ? [REMOTE_REFERENCE] : [])] };
  };
  return { rules: data.rules.map(rule), allowlists: data.allowlists.map(anchor) };
}

/** Plain words between anchors, of which only the outer two are anchored. */
const HALF_ANCHORED = /^(\(\?[imsU]+\))?\^([^|()[\]\\^$]+(?:\|[^|()[\]\\^$]+)+)\$$/;

function anchored(pattern: string): string {
  return pattern.replace(HALF_ANCHORED, '$1^(?:$2)$');
}
