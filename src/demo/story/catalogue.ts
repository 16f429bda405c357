import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { Rule } from '../../engine/rule.ts';
import { BUILT_IN_RULES } from '../../pipeline/rule-set.ts';

type Files = Readonly<Record<string, string>>;

/** A repository before and after somebody made one mistake of every kind. */
export interface Catalogue {
  /** Its policy: each rule looks at its own folder. */
  readonly policy: string;
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
  const settings: Record<string, object> = {};
  for (const { definition, code } of rules) {
    const { id } = definition;
    const example = await smallestCase(id, code === null);
    settings[id] = {
      severity: 'off',
      overrides: [{ paths: [`${id}/**`], severity: definition.severity }],
      parameters: example.parameters,
    };
    for (const [name, text] of Object.entries(example.before)) before[`${id}/${name}`] = text;
    for (const [name, text] of Object.entries(example.after)) after[`${id}/${name}`] = text;
  }
  return { policy: stringify({ profile: 'essential', rules: settings }), before, after };
}

interface Case {
  readonly before: Files;
  readonly after: Files;
  readonly parameters: Readonly<Record<string, unknown>>;
}

async function smallestCase(id: string, single: boolean): Promise<Case> {
  const root = path.join(BUILT_IN_RULES, id, 'invalid');
  const all = await filesBelow(root);
  const changes = Object.keys(all)
    .filter((name) => path.basename(name) === 'expect.yaml')
    .map((name) => path.dirname(name));
  const marked = Object.entries(all).filter(
    ([name]) => !name.endsWith('.expect') && !changes.some((folder) => name.startsWith(`${folder}/`)),
  );
  const first = marked.find(([, text]) => text.includes(`# expect: ${id}`));
  const added = (files: readonly (readonly [string, string])[]): Case => ({
    before: {},
    after: Object.fromEntries(files),
    parameters: {},
  });
  const cases: Case[] = [
    ...(single && first !== undefined ? [added([first])] : []),
    ...(marked.length > 0 ? [added(marked.slice(0, MAX_FILES))] : []),
    ...changes.flatMap((folder) => changeIn(all, folder, id)),
  ];
  return cases.sort((a, b) => sizeOf(a) - sizeOf(b))[0] ?? added([]);
}

/** None when the change is more than two trees, or its findings stood there before. */
function changeIn(all: Files, folder: string, id: string): Case[] {
  const { renames, past, commits, push, policy, findings } = parse(
    all[`${folder}/expect.yaml`] ?? '',
  ) as Expect;
  const special = [renames, past, commits, push].some((one) => one !== undefined);
  const { parameters = {}, ...others } = policy?.rules?.[id] ?? {};
  const alone = Object.keys(policy ?? {}).every((key) => key === 'rules') && Object.keys(others).length === 0;
  if (special || !alone || !(findings ?? []).some((finding) => finding.existing !== true)) return [];
  return [{ before: below(all, `${folder}/base/`), after: below(all, `${folder}/head/`), parameters }];
}

/** The parts of an `expect.yaml` that matter here; test/support/rule-folder.ts describes it. */
interface Expect {
  readonly renames?: unknown;
  readonly past?: unknown;
  readonly commits?: unknown;
  readonly push?: unknown;
  readonly policy?: { readonly rules?: Readonly<Record<string, { parameters?: Record<string, unknown> }>> };
  readonly findings?: readonly { readonly existing?: boolean }[];
}

function sizeOf({ before, after }: Case): number {
  return Object.keys(before).length + Object.keys(after).length;
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
