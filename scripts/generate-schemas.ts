// Writes the JSON Schemas of our own files from the schemas that the code validates with.
// With --check nothing is written: stale files are named, and the exit code is 1.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'prettier';
import { ORGANISATION_SCHEMA } from '../src/engine/organisation-file.ts';
import { POLICY_SCHEMA } from '../src/engine/policy-file.ts';
import { RULE_SCHEMA } from '../src/engine/rule-file.ts';
import { WAIVER_FILE_SCHEMA } from '../src/engine/waiver-file.ts';

const SCHEMAS = {
  'policy.v1.json': POLICY_SCHEMA,
  'organisation.v1.json': ORGANISATION_SCHEMA,
  'rule.v1.json': RULE_SCHEMA,
  'waivers.v1.json': WAIVER_FILE_SCHEMA,
};
const check = process.argv.includes('--check');

for (const [name, schema] of Object.entries(SCHEMAS)) {
  const file = path.resolve(import.meta.dirname, '../schemas', name);
  const wanted = await format(JSON.stringify(schema), { parser: 'json', printWidth: 110 });
  const current = await readFile(file, 'utf8').catch(() => '');
  if (current === wanted) continue;
  if (check) {
    console.error(`schemas/${name} is stale: run npm run generate`);
    process.exitCode = 1;
  } else {
    await writeFile(file, wanted);
  }
}
