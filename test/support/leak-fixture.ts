import type { ChangeSet, FileVersion, Snapshot } from '../../src/engine/change.ts';
import { leakKey, type Leak } from '../../src/engine/leak.ts';
import type { Policy } from '../../src/engine/policy.ts';
import { describeLeak } from '../../src/pipeline/secret-scan/describe.ts';
import { distinct } from '../../src/pipeline/secret-scan/distinct.ts';
import { toFound } from '../../src/pipeline/secret-scan/found.ts';
import { catalogueRules } from '../../src/secrets/catalogue/rules.ts';
import { readIgnoreFile } from '../../src/secrets/gitleaks/known.ts';
import type { RuleFileProblem } from '../../src/secrets/gitleaks/problem.ts';
import { readRuleFile } from '../../src/secrets/gitleaks/rule-file.ts';
import { Lines } from '../../src/secrets/lines.ts';
import { readableText } from '../../src/secrets/readable-text.ts';
import { compileRuleSet } from '../../src/secrets/rule-set.ts';
import { scanText } from '../../src/secrets/text-scan.ts';

const data = catalogueRules();
const rules = compileRuleSet(data);
const setup = { rules: data, known: { ignored: [], baseline: [] }, decodeDepth: 5 };

/** A change in which somebody has looked for the built-in kinds of credentials, here and now. */
export function withLeaks(change: ChangeSet, policy: Policy): ChangeSet {
  const sides = change.files.flatMap(({ before, after }) => [before, after]);
  const versions = [
    ...sides.flatMap((file) => (file === null ? [] : [{ file, commit: null }])),
    ...change.past,
  ];
  const isReview = change.base !== null;
  const leaks = new Map(
    versions.map(
      ({ file, commit }) => [leakKey(file.path, file.oid, commit), leaksIn(file, policy, isReview)] as const,
    ),
  );
  const checked = (snapshot: Snapshot): Snapshot => ({ ...snapshot, secretProblems: problemsIn(snapshot) });
  return { ...change, before: checked(change.before), after: checked(change.after), leaks };
}

function problemsIn({ files }: Snapshot): RuleFileProblem[] {
  const textOf = (path: string): string => Buffer.from(files.get(path)?.content ?? []).toString();
  return [
    ...readRuleFile('.gitleaks.toml', textOf('.gitleaks.toml')).problems,
    ...readIgnoreFile('.gitleaksignore', textOf('.gitleaksignore')).problems,
  ];
}

function leaksIn(file: FileVersion, policy: Policy, isReview: boolean): Leak[] {
  const { text, faithful } = readableText(file.content ?? new Uint8Array());
  const lines = new Lines(text);
  const about = { lines, faithful, fingerprint: null, known: null };
  const request = { policy, setup, today: '2026-01-01' };
  return distinct(scanText(rules, { path: file.path, commit: null, text }, setup)).flatMap((leak) => {
    const described = describeLeak(toFound(leak, about), { file, severity: 'error', isReview, request });
    return described === null ? [] : [described];
  });
}
