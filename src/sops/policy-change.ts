import type { Snapshot } from '../engine/change.ts';
import type { FileSample, SopsChange } from '../engine/report.ts';
import type { SopsRecipient } from '../manifests/sops-recipients.ts';
import { remarksOn } from './config-lint.ts';
import { sopsConfigAt } from './config-of.ts';
import { modeDrift, recipientDrift, thresholdDrift } from './drift.ts';
import { policyEffects, type AffectedFile, type PolicyEffects } from './policy-effects.ts';
import { shortName } from './recipient-names.ts';

/** What is listed by name; counts are whole. */
const MAX_PATHS = 200;
const MAX_RECIPIENTS = 100;
const MAX_REMARKS = 100;

/** What a change of `.sops.yaml` means, as a reader of the report sees it; null when none changes. */
export function sopsPolicyChange(
  before: Snapshot,
  after: Snapshot,
  renamedFrom: ReadonlyMap<string, string>,
): SopsChange | null {
  const effects = policyEffects(before, after, renamedFrom);
  if (effects === null) return null;
  const { configs, files, plainWithoutRule, complete } = effects;
  return {
    configs,
    access: [
      ...accessRows(files, 'gains', effects, before, after),
      ...accessRows(files, 'loses', effects, before, after),
    ],
    rekey: sampleOf(
      files.filter(({ unit, newRule }) => newRule !== null && recipientDrift(unit, newRule) !== null),
    ),
    reencrypt: sampleOf(files.filter(needsEncryption)),
    withoutRule: sampleOf(files.filter(({ oldRule, newRule }) => oldRule !== null && newRule === null)),
    plainWithoutRule: sampleOf(plainWithoutRule.map((path) => ({ path }))),
    remarks: remarksIn(effects, after),
    incomplete: complete ? null : 'the tree has more files than are matched; the rest was not compared',
  };
}

function needsEncryption({ unit, newRule }: AffectedFile): boolean {
  if (newRule === null) return false;
  return modeDrift(unit, newRule) !== null || thresholdDrift(unit, newRule) !== null;
}

function sampleOf(files: readonly { readonly path: string }[]): FileSample {
  const paths = files.map(({ path }) => path).sort();
  return { count: paths.length, paths: paths.slice(0, MAX_PATHS) };
}

function accessRows(
  files: readonly AffectedFile[],
  change: 'gains' | 'loses',
  effects: PolicyEffects,
  before: Snapshot,
  after: Snapshot,
): SopsChange['access'][number][] {
  const rows = new Map<string, { recipient: SopsRecipient; paths: string[] }>();
  for (const file of files) {
    for (const recipient of file[change]) {
      const key = `${recipient.type} ${recipient.id}`;
      const row = rows.get(key) ?? { recipient, paths: [] };
      row.paths.push(file.path);
      rows.set(key, row);
    }
  }
  // Somebody whom the rules name and no file has so far may read what comes.
  for (const recipient of change === 'gains'
    ? namedOnlyIn(after, before, effects)
    : namedOnlyIn(before, after, effects)) {
    const key = `${recipient.type} ${recipient.id}`;
    if (!rows.has(key)) rows.set(key, { recipient, paths: [] });
  }
  return [...rows.values()]
    .sort((a, b) => b.paths.length - a.paths.length || (a.recipient.id < b.recipient.id ? -1 : 1))
    .slice(0, MAX_RECIPIENTS)
    .map(({ recipient, paths }) => ({
      recipient: shortName(recipient),
      change,
      files: sampleOf(paths.map((path) => ({ path }))),
    }));
}

function namedOnlyIn(one: Snapshot, other: Snapshot, { configs }: PolicyEffects): SopsRecipient[] {
  const named = (snapshot: Snapshot): SopsRecipient[] =>
    configs.flatMap(
      ({ path }) => sopsConfigAt(path, snapshot)?.rules.flatMap((rule) => rule.recipients) ?? [],
    );
  const others = new Set(named(other).map(({ type, id }) => `${type} ${id}`));
  return named(one).filter(({ type, id }) => !others.has(`${type} ${id}`));
}

function remarksIn({ configs }: PolicyEffects, after: Snapshot): SopsChange['remarks'] {
  const remarks = configs.flatMap(({ path, change }) => {
    const config = change === 'deleted' ? null : sopsConfigAt(path, after);
    if (config === null) return [];
    const refused = config.problems.map(({ index, message, range }) => ({
      path,
      line: range.start.line,
      text: `${index === null ? '' : `rule ${index + 1}: `}${message}; SOPS stops with an error`,
    }));
    const others = remarksOn(config, [...after.paths], true).map(({ fact, why, range }) => ({
      path,
      line: range.start.line,
      text: `${fact}: ${why}`,
    }));
    const unreadable =
      config.unreadable === null
        ? []
        : [{ path, line: 1, text: 'cannot be read, so no rule of it was compared' }];
    return [...unreadable, ...refused, ...others];
  });
  return remarks.slice(0, MAX_REMARKS);
}
