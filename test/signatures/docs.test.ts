import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { toPolicy } from '../../src/config/policy.ts';
import { SIGNATURE_STATES } from '../../src/engine/change.ts';
import { readPolicyFile } from '../../src/engine/policy-file.ts';
import { DEFAULT_KEY_PLACES, SIGNATURE_SCHEMA } from '../../src/engine/signature-policy-file.ts';
import { ROOT } from '../support/programs.ts';

const page = readFileSync(path.join(ROOT, 'docs/signatures.md'), 'utf8');
const examples = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map((match) => match[1] ?? '');

test('the three policies are complete and can be used', () => {
  expect(examples).toHaveLength(3);
  const policies = examples.map((text) => {
    const read = readPolicyFile('.github/gitops-warden.yml', text, new Map());
    expect(read.problems).toEqual([]);
    return toPolicy(read.value ?? {});
  });
  expect(policies.map(({ signatures }) => signatures.require)).toEqual([
    'verified',
    'allowed-signer',
    'allowed-signer',
  ]);
  for (const { rules } of policies) expect(rules.get('signed-commits')?.severity).toBe('error');
  expect(policies[2]?.signatures.paths[0]).toMatchObject({
    groups: ['platform'],
    signers: ['ada@example.com', 'grace@example.com'],
  });
});

test('every setting, place and state is told', () => {
  for (const name of Object.keys(SIGNATURE_SCHEMA.properties)) {
    if (name === 'keys') expect(page).toContain('`signatures.keys`');
    else expect(page).toMatch(new RegExp(`\`${name}[\`.]`));
  }
  for (const place of Object.values(DEFAULT_KEY_PLACES) as string[]) expect(page).toContain(place);
  for (const state of SIGNATURE_STATES) expect(page).toContain(`\`${state}\``);
});
