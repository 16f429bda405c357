// Makes the folder of a new rule: `npm run new-rule <id>`. Its test fails until every part has been written.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RULES_DIRECTORY } from './generate-rule-docs.ts';

const RULE = (id: string): string => `id: ${id}
category: manifests
severity: warning
scope: manifest
summary: What the rule wants, in one sentence.
message: '{kind} \`{name}\` is … Why that matters, in one clause.'
remediation: The exact edit or command that mends it.
match:
  kinds: [apps/*/Deployment]
schema:
  type: object
`;

const PAGE = `## Why

## Before

\`\`\`yaml
\`\`\`

## After

\`\`\`yaml
\`\`\`

## When to turn it off
`;

/** @throws {Error} when the id is not usable or the folder exists */
export async function createRule(id: string, directory: string): Promise<string> {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id)) {
    throw new Error(
      `${JSON.stringify(id)} is no rule id: write words in lower case with hyphens between them.`,
    );
  }
  const folder = path.join(directory, id);
  await mkdir(folder);
  await mkdir(path.join(folder, 'valid'));
  await mkdir(path.join(folder, 'invalid'));
  await writeFile(path.join(folder, 'rule.yaml'), RULE(id));
  await writeFile(path.join(folder, 'README.md'), PAGE);
  return folder;
}

async function main(id: string | undefined): Promise<void> {
  if (id === undefined) throw new Error('Name the rule: npm run new-rule <id>');
  const folder = path.relative('.', await createRule(id, RULES_DIRECTORY));
  console.log(`${folder} is there. Now:
1. Fill in rule.yaml. For a rule in code write \`code: true\` instead of \`schema\`, the code in src/rules/<category>/${id}.ts,
   and one line in the index.ts beside it.
2. Write README.md; npm run generate adds its head.
3. Put files that must pass into valid/, and files that must not into invalid/, with \`# expect: ${id}\` at the end of
   each line that must be reported. Commit, push and repository rules, and changes of a file, take
   invalid/<case>/{base,head}/ with an expect.yaml.
4. npm test -- test/rules`);
}

if (import.meta.main) {
  try {
    await main(process.argv[2]);
  } catch (error) {
    const { code, path: taken, message } = error as NodeJS.ErrnoException;
    console.error(code === 'EEXIST' ? `${taken ?? 'The folder'} exists already.` : message);
    process.exitCode = 1;
  }
}
