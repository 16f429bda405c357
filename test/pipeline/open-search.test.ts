import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { openSecretSearch, SecretRulesError } from '../../src/pipeline/secret-scan/open-search.ts';
import type { SecretSearch } from '../../src/pipeline/secret-scan/search.ts';
import { removeFolders, temporaryFolder } from '../support/git-fixture.ts';

const HOUSE = "[[rules]]\nid = 'house'\nregex = '''house-[0-9]{4}'''\n";
const folder = temporaryFolder();
const file = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

let search: SecretSearch | null = null;
async function open(
  gitleaksConfig: string | null,
  fingerprintKey: string | null = null,
): Promise<SecretSearch> {
  return (search = await openSecretSearch({ gitleaksConfig, fingerprintKey }));
}
afterEach(async () => {
  await search?.scanner.close();
});
afterAll(() => {
  removeFolders();
});

const ids = ({ defaults }: SecretSearch): string[] => defaults.rules.map((rule) => rule.id);

test('without a rule file the catalogue is looked for, and without a key nothing has a fingerprint', async () => {
  const opened = await open(null);
  expect(opened.hasKey).toBe(false);
  expect(ids(opened)).toContain('github-pat');
});

test("the operator's rule file takes the place of the catalogue, or extends it, or a file beside it", async () => {
  expect(ids(await open(file('alone.toml', HOUSE)))).toEqual(['house']);
  const extended = ids(await open(file('more.toml', `[extend]\nuseDefault = true\n${HOUSE}`)));
  expect(extended).toEqual(expect.arrayContaining(['house', 'github-pat']));
  file('base.toml', HOUSE);
  expect(ids(await open(file('beside.toml', "[extend]\npath = 'base.toml'\n")))).toEqual(['house']);
});

describe('the key', () => {
  const setup = (opened: SecretSearch) => ({
    rules: opened.defaults,
    known: { ignored: [], baseline: [] },
    decodeDepth: 0,
  });
  const job = { path: 'a', commit: null, content: Buffer.from('house-1234\nhouse-1234\nhouse-5678\n') };
  const prints = async (key: string | null): Promise<(string | null)[]> => {
    const opened = await open(file('rules.toml', HOUSE), key);
    expect(opened.hasKey).toBe(key !== null);
    const [found] = await opened.scanner.scan(setup(opened), [job]);
    await opened.scanner.close();
    return Array.isArray(found) ? found.map((leak: { fingerprint: string | null }) => leak.fingerprint) : [];
  };

  test('gives the same secret the same fingerprint, another key another, no key none', async () => {
    const [first, again, other] = await prints('a key that the tests use');
    expect(first).toMatch(/^hmac:[0-9a-f]{32}$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect((await prints('another key of the tests'))[0]).not.toBe(first);
    expect(await prints(null)).toEqual([null, null, null]);
  });
});

test.each([
  ['broken.toml', 'a = [\n', 'broken.toml:2: is no TOML'],
  ['pattern.toml', "[[rules]]\nid = 'x'\nregex = '''(?=a)'''\n", 'pattern.toml:3: the regex of rule `x`'],
  ['lost.toml', "[extend]\npath = 'none.toml'\n", 'extends `none.toml`'],
])('a rule file that cannot be used (%s) is refused with every mistake', async (name, text, message) => {
  const opened = open(file(name, text));
  await expect(opened).rejects.toThrow(SecretRulesError);
  await expect(opened).rejects.toThrow(message);
});

test('a rule file that is not there is refused', async () => {
  await expect(open(path.join(folder, 'none'))).rejects.toThrow(/GITLEAKS_CONFIG names .*none.*\(ENOENT\)/);
});
