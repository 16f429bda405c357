// Writes the generated head of every rule's page, and the catalogue rules/README.md, from the rule.yaml files.
// With --check nothing is written: stale pages are named, and the exit code is 1.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PROFILES, type Level, type Profile } from '../src/engine/policy.ts';
import { readRuleFile } from '../src/engine/rule-file.ts';
import { CATEGORIES, type Category, type RuleDefinition } from '../src/engine/rule.ts';

export const RULES_DIRECTORY = path.resolve(import.meta.dirname, '../rules');

const BEGIN = '<!-- generated from rule.yaml by `npm run generate`: begin -->';
const END = '<!-- generated: end -->';

const SCOPE_TEXT: Readonly<Record<RuleDefinition['scope'], string>> = {
  manifest: 'each Kubernetes object',
  file: 'each file',
  commit: 'each commit',
  push: 'each direct push',
  repository: 'the repository as a whole',
};

const CATEGORY_NAMES: Readonly<Record<Category, string>> = {
  secrets: 'Secrets and SOPS',
  signatures: 'Signatures',
  pushes: 'Pushes',
  manifests: 'Manifests and schemas',
  'pod-security': 'Pod security',
  workloads: 'Workloads',
  images: 'Images',
  access: 'Access to the cluster',
  network: 'Network',
  kustomize: 'Kustomize',
  'argo-cd': 'Argo CD',
  flux: 'Flux',
  rollouts: 'Argo Rollouts',
  configuration: 'Configuration of gitops-warden',
};

export interface Page {
  readonly file: string;
  readonly current: string;
  readonly wanted: string;
}

/** The pages as they are and as they should be. */
export async function rulePages(directory: string): Promise<Page[]> {
  const definitions = await readDefinitions(directory);
  const pages = definitions.map(async (definition): Promise<Page> => {
    const file = path.join(directory, definition.id, 'README.md');
    const current = await readFile(file, 'utf8').catch(absentAsEmpty);
    return { file, current, wanted: `${headOf(definition)}\n\n${handWritten(current)}` };
  });
  const file = path.join(directory, 'README.md');
  const current = await readFile(file, 'utf8').catch(absentAsEmpty);
  const wanted = `${catalogue(definitions)}\n${handWritten(current)}`;
  return [...(await Promise.all(pages)), { file, current, wanted }];
}

async function readDefinitions(directory: string): Promise<RuleDefinition[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    folders.sort().map(async (folder) => {
      const file = path.join(directory, folder, 'rule.yaml');
      const read = readRuleFile(file, await readFile(file, 'utf8'));
      if (read.value !== null) return read.value;
      throw new Error(
        read.problems.map(({ line, message }) => `${file}:${String(line)}: ${message}`).join('\n'),
      );
    }),
  );
}

function absentAsEmpty(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}

/** What people wrote: everything behind the generated head. */
function handWritten(page: string): string {
  const end = page.indexOf(END);
  return (end < 0 ? page : page.slice(end + END.length)).trimStart();
}

function headOf(definition: RuleDefinition): string {
  const { match } = definition;
  const facts: (readonly [string, string])[] = [
    ['Category', `\`${definition.category}\``],
    ['Severity', PROFILES.map((profile) => `${profile}: ${levelIn(definition, profile)}`).join(', ')],
    [
      'Looks at',
      SCOPE_TEXT[definition.scope] + (definition.history ? ', in every commit of the change' : ''),
    ],
    ...(definition.target === 'object' ? [] : [['Part', TARGET_TEXT[definition.target]] as const]),
    ...listed('Kinds', match.kinds),
    ...listed('Paths', match.paths),
    ...listed('Environments', match.environments),
    ...[...definition.parameters].map(
      ([name, { description, default: value }]) =>
        [`Parameter \`${name}\``, `${description} Default: \`${JSON.stringify(value)}\`.`] as const,
    ),
    ...(definition.equivalents.length === 0
      ? []
      : [['Corresponds to', definition.equivalents.join(', ')] as const]),
    ...(definition.waivable ? [] : [['Waivers', 'none: its findings cannot be waived'] as const]),
    [
      'Written as',
      definition.schema === null
        ? `code, \`src/rules/${definition.category}/${definition.id}.ts\``
        : 'a JSON Schema, `rule.yaml`',
    ],
  ];
  const table = facts.map(([name, value]) => `| ${name} | ${value} |`).join('\n');
  return `${BEGIN}\n\n# ${definition.id}\n\n${definition.summary}\n\n| | |\n| --- | --- |\n${table}\n\n${END}`;
}

const TARGET_TEXT = {
  podSpec: 'each pod spec',
  container: 'each container, init and ephemeral ones included',
} as const;

function listed(name: string, values: readonly string[]): (readonly [string, string])[] {
  return values.length === 0 ? [] : [[name, values.map((value) => `\`${value}\``).join(', ')]];
}

function levelIn(definition: RuleDefinition, profile: Profile): Level {
  return definition.profiles.get(profile) ?? definition.severity;
}

function catalogue(definitions: readonly RuleDefinition[]): string {
  const parts = CATEGORIES.flatMap((category) => {
    const own = definitions.filter((definition) => definition.category === category);
    return own.length === 0 ? [] : [`## ${CATEGORY_NAMES[category]}\n\n${tableOf(own)}`];
  });
  return `${BEGIN}

# Rules

Every rule, and its severity in each profile. Errors that a change introduces block it; warnings and notes do not. A
repository sets single rules in its policy file, \`.github/gitops-warden.yml\`.

${parts.join('\n\n')}

${END}
`;
}

function tableOf(definitions: readonly RuleDefinition[]): string {
  const rows = definitions.map((definition) => {
    const levels = PROFILES.map((profile) => levelIn(definition, profile)).join(' | ');
    return `| [${definition.id}](${definition.id}/README.md) | ${definition.summary} | ${levels} |`;
  });
  return `| rule | what it wants | ${PROFILES.join(' | ')} |
| --- | --- | ${PROFILES.map(() => '---').join(' | ')} |
${rows.join('\n')}`;
}

async function main(check: boolean): Promise<void> {
  const stale = (await rulePages(RULES_DIRECTORY)).filter(({ current, wanted }) => current !== wanted);
  if (check) {
    for (const { file } of stale)
      console.error(`${path.relative('.', file)} is stale: run \`npm run generate\`.`);
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  for (const { file, wanted } of stale) {
    await writeFile(file, wanted);
    console.log(`wrote ${path.relative('.', file)}`);
  }
}

if (import.meta.main) await main(process.argv.includes('--check'));
