import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { RULES_DIRECTORY } from '../../scripts/generate-rule-docs.ts';
import { levelOf } from '../../src/engine/active-rules.ts';
import type { ChangeSet, FileVersion, Snapshot } from '../../src/engine/change.ts';
import { openFile } from '../../src/engine/judged-file.ts';
import { NO_SETTING, type Policy } from '../../src/engine/policy.ts';
import { review } from '../../src/engine/review.ts';
import type { Rule } from '../../src/engine/rule.ts';
import { fileVersion } from '../support/change-fixture.ts';
import { readCases, type RuleCase } from '../support/rule-folder.ts';
import { ALL_RULES } from './secret-fixture.ts';

/** Rules about objects: what they find must not depend on the order in which the objects are written. */
const RULES = ALL_RULES.filter(
  ({ definition: { scope, category } }) =>
    (scope === 'manifest' || scope === 'repository') && category !== 'secrets',
);

const cases = await Promise.all(
  RULES.map(async (rule) => {
    const folder = path.join(RULES_DIRECTORY, rule.definition.id, 'invalid');
    return [rule.definition.id, rule, readdirSync(folder).length > 0 ? await readCases(folder) : []] as const;
  }),
);

/** They report the second of two objects, so that these must stay in their order within a file. */
const OF_TWO: ReadonlySet<string> = new Set(['no-duplicate-object', 'unique-ingress-host']);

/** Fisher and Yates, by numbers that a property draws. */
type Shuffle = <T>(items: readonly T[]) => T[];

const shuffles: fc.Arbitrary<Shuffle> = fc
  .infiniteStream(fc.nat())
  .map((numbers) => <T>(items: readonly T[]): T[] => {
    const result = [...items];
    for (let index = result.length - 1; index > 0; index -= 1) {
      const other = Number(numbers.next().value) % (index + 1);
      [result[index], result[other]] = [result[other] as T, result[index] as T];
    }
    return result;
  });

function shuffledKeys(value: unknown, shuffle: Shuffle): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffledKeys(item, shuffle));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    shuffle(Object.entries(value)).map(([key, item]) => [key, shuffledKeys(item, shuffle)]),
  );
}

/** The same documents in another order, their keys too, with comments and anchors of our own between them. */
function rewritten(
  version: FileVersion,
  snapshot: Snapshot,
  shuffle: Shuffle,
  inOrder: boolean,
): FileVersion {
  const { file } = openFile(version.path, version, snapshot);
  const { yaml } = file;
  const plain =
    yaml !== null && yaml.problems.length === 0 && !file.template && !version.path.endsWith('.json');
  if (!plain || yaml.documents.some(({ value }) => !isJson(value))) return version;
  // Kustomize reads but the first document of its file.
  const isList = !inOrder && !/kustomization/i.test(version.path);
  const documents = isList ? shuffle(yaml.documents) : yaml.documents;
  const text = documents
    .map(({ value }, index) => {
      const written = JSON.stringify(shuffledKeys(value, shuffle), null, 2);
      return `# document ${String(index)}\n&a${String(index)} ${written}\n`;
    })
    .join('---\n');
  return fileVersion(version.path, text);
}

function isJson(value: unknown): boolean {
  try {
    return typeof value === 'object' && value !== null && JSON.stringify(value).length > 0;
  } catch {
    return false;
  }
}

function shuffled(change: ChangeSet, shuffle: Shuffle, inOrder: boolean): ChangeSet {
  const again = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    files: new Map(
      shuffle([...snapshot.files.values()]).map((file) => {
        const made = rewritten(file, snapshot, shuffle, inOrder);
        return [made.path, made];
      }),
    ),
  });
  const before = again(change.before);
  const after = again(change.after);
  const of = (snapshot: Snapshot, version: FileVersion | null): FileVersion | null =>
    version === null ? null : (snapshot.files.get(version.path) ?? version);
  return {
    ...change,
    before,
    after,
    files: shuffle(change.files).map((file) => ({
      before: of(before, file.before),
      after: of(after, file.after),
    })),
  };
}

function found(change: ChangeSet, rule: Rule, { policy }: RuleCase): unknown[] {
  const { definition } = rule;
  const setting = { ...(policy.rules.get(definition.id) ?? NO_SETTING), severity: definition.severity };
  const on: Policy =
    levelOf(definition, policy) === 'off'
      ? { ...policy, rules: new Map([...policy.rules, [definition.id, setting]]) }
      : policy;
  const report = review(change, [rule], on);
  expect(report.failures).toEqual([]);
  return report.findings
    .map(({ fingerprint, severity, introduced }) => `${fingerprint} ${severity} ${String(introduced)}`)
    .sort();
}

describe('whatever the order of keys, documents and files', () => {
  test.each(cases)('%s finds the same', (id, rule, own) => {
    for (const one of own) {
      const usual = found(one.change, rule, one);
      fc.assert(
        fc.property(shuffles, (shuffle) => {
          expect(found(shuffled(one.change, shuffle, OF_TWO.has(id)), rule, one)).toEqual(usual);
        }),
        { numRuns: 8 },
      );
    }
  });
});
