import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Rule } from '../../engine/rule.ts';
import { BUILT_IN_RULES } from '../../pipeline/rule-set.ts';

type Files = Readonly<Record<string, string>>;

/** A repository before and after somebody made one mistake of every kind. */
export interface Catalogue {
  readonly before: Files;
  readonly after: Files;
}

/** The most files that one rule may take; a rule whose cases are all larger shows the beginning of one. */
const MAX_FILES = 12;

/**
 * One mistake for each of some rules, taken from the cases in their folders: `<rule>/…` holds a rule's.
 *
 * @param rules those that judge files
 */
export async function catalogueOf(rules: readonly Rule[]): Promise<Catalogue> {
  const before: Record<string, string> = {};
  const after: Record<string, string> = {};
  for (const { definition, code } of rules) {
    const { id } = definition;
    const example = await smallestCase(id, code === null);
    for (const [name, text] of Object.entries(example.before)) before[`${id}/${name}`] = text;
    for (const [name, text] of Object.entries(example.after)) after[`${id}/${name}`] = text;
  }
  return { before, after };
}

async function smallestCase(id: string, single: boolean): Promise<Catalogue> {
  const root = path.join(BUILT_IN_RULES, id, 'invalid');
  const all = await filesBelow(root);
  const changes = Object.keys(all)
    .filter((name) => path.basename(name) === 'expect.yaml')
    .map((name) => path.dirname(name));
  const marked = Object.entries(all).filter(
    ([name]) => !name.endsWith('.expect') && !changes.some((folder) => name.startsWith(`${folder}/`)),
  );
  const first = marked.find(([, text]) => text.includes(`# expect: ${id}`));
  const cases: Catalogue[] = [
    ...(single && first !== undefined ? [{ before: {}, after: Object.fromEntries([first]) }] : []),
    ...(marked.length > 0 ? [{ before: {}, after: Object.fromEntries(marked.slice(0, MAX_FILES)) }] : []),
    ...changes
      .filter((folder) => !/^(?:renames|past|commits|push|policy):/m.test(all[`${folder}/expect.yaml`] ?? ''))
      .map((folder) => ({ before: below(all, `${folder}/base/`), after: below(all, `${folder}/head/`) })),
  ];
  const size = (one: Catalogue): number => Object.keys(one.before).length + Object.keys(one.after).length;
  return cases.sort((a, b) => size(a) - size(b))[0] ?? { before: {}, after: {} };
}

function below(files: Files, prefix: string): Files {
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, text]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), text] as const] : [],
    ),
  );
}

async function filesBelow(root: string): Promise<Files> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
  const texts = await Promise.all(files.map((name) => readFile(path.join(root, name), 'utf8')));
  return Object.fromEntries(files.map((name, index) => [name, texts[index] ?? '']));
}
