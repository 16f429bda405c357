import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { VARIABLES } from '../src/config/environment.ts';
import { readOrganisationFile } from '../src/engine/organisation-file.ts';
import { POLICY_SCHEMA, readPolicyFile } from '../src/engine/policy-file.ts';
import { knownRulesOf } from '../src/engine/rule.ts';
import { SERVER_FEATURES } from '../src/github/server-features.ts';
import { loadRuleSet } from '../src/pipeline/rule-set.ts';
import { HEALTHY } from './e2e/support.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const readme = read('README.md');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

function blocks(language: string, text = readme): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] ?? '',
  );
}

const commands = blocks('sh').flatMap((block) => block.trim().split('\n'));

describe('the commands of the README', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'gitops-warden-readme-'));
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: directory });
  };

  beforeAll(() => {
    git('init', '--quiet', '--initial-branch=main');
    git('commit', '--quiet', '--allow-empty', '-m', 'Nothing yet');
    for (const [name, text] of Object.entries(HEALTHY)) {
      mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
      writeFileSync(path.join(directory, name), text);
    }
    git('add', '.');
    git('commit', '--quiet', '-m', 'Deploy');
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  test('are the two of a fresh clone, and some of our own', () => {
    expect(commands).toContain('npm ci && npm run demo');
    expect(commands).toContain('npm ci && npm test');
    expect(commands.filter((line) => line.startsWith('gitops-warden ')).length).toBeGreaterThan(3);
    expect(commands.every((line) => /^(?:npm ci && npm (?:run \w+|test)|gitops-warden .*)$/.test(line))).toBe(
      true,
    );
    expect(scripts['demo']).toBeDefined();
    expect(scripts['test']).toBeDefined();
  });

  test.each(commands.filter((line) => line.startsWith('gitops-warden ')))('%s', (line) => {
    const args = line.split(' ').slice(1);
    const { status, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'src/cli.ts'), ...args], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

test('every option and script that the documentation names exists', () => {
  const help = ['review', 'scan', 'explain', 'rules', 'demo']
    .map((command) =>
      execFileSync(process.execPath, [path.join(ROOT, 'src/cli.ts'), command, '--help'], {
        encoding: 'utf8',
      }),
    )
    .join('\n');
  const ours = readme.replaceAll(/```console[\s\S]*?```/g, '');
  const options = new Set([...ours.matchAll(/(?<=[`\s(])--[a-z]+/g)].map(([option]) => option));
  options.delete('--silent');
  expect(options.size).toBeGreaterThan(4);
  for (const option of options) expect(help).toContain(option);
  const named = [...(readme + read('CONTRIBUTING.md')).matchAll(/npm run (?:--silent )?([a-z:-]+)/g)].map(
    (match) => match[1] ?? '',
  );
  for (const script of named) expect(Object.keys(scripts)).toContain(script);
});

test('the complete policy is valid and has every setting', async () => {
  const [example] = blocks('yaml');
  const ids = knownRulesOf((await loadRuleSet()).rules);
  const policy = readPolicyFile('README.md', example ?? '', ids);
  expect(policy.problems).toEqual([]);
  expect(Object.keys(policy.value ?? {}).sort()).toEqual(Object.keys(POLICY_SCHEMA.properties).sort());
});

test('the three policies about signatures are those of their page, and each is valid by itself', () => {
  const [, ...policies] = blocks('yaml');
  expect(policies).toHaveLength(3);
  expect(policies).toEqual(blocks('yaml', read('docs/signatures.md')));
  const requirements = policies.map((text) => {
    const { value, problems } = readPolicyFile('README.md', text, new Map());
    expect(problems).toEqual([]);
    return [value?.signatures?.require, value?.signatures?.paths?.length ?? 0];
  });
  expect(requirements).toEqual([
    ['verified', 0],
    ['allowed-signer', 0],
    ['allowed-signer', 2],
  ]);
});

test.each([
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'rules/README.md',
])('links in %s lead somewhere', (file) => {
  const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1] ?? '');
  for (const link of links)
    expect({ link, exists: existsSync(path.join(ROOT, path.dirname(file), link)) }).toEqual({
      link,
      exists: true,
    });
});

test('tests that SECURITY.md names exist', () => {
  const named = [...read('SECURITY.md').matchAll(/`(test\/[\w./-]+)`/g)].map((match) => match[1] ?? '');
  expect(named.length).toBeGreaterThan(5);
  for (const file of named)
    expect({ file, exists: existsSync(path.join(ROOT, file)) }).toEqual({ file, exists: true });
});

describe('the container', () => {
  const dockerfile = read('Dockerfile');

  test('runs without root, checks its health, and copies what exists', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
    expect(dockerfile.match(/^FROM node:24/gm)).toHaveLength(2);
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const file of copied)
      expect({ file, exists: existsSync(path.join(ROOT, file)) }).toEqual({ file, exists: true });
  });
});

test('our own repository passes', () => {
  const args = [
    'scan',
    '--repo',
    ROOT,
    '--policy',
    path.join(ROOT, '.github/gitops-warden.yml'),
    '--format',
    'github',
  ];
  const { status, stdout } = spawnSync(process.execPath, [path.join(ROOT, 'src/cli.ts'), ...args], {
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^Passed/m);
  expect(status).toBe(0);
});

describe('docs/policy.md', () => {
  const page = read('docs/policy.md');

  test('its policies are valid', async () => {
    const ids = knownRulesOf((await loadRuleSet()).rules);
    const [organisation = '', ...policies] = blocks('yaml', page);
    expect(readOrganisationFile('docs/policy.md', organisation, ids).problems).toEqual([]);
    expect(policies.length).toBeGreaterThan(0);
    for (const text of policies) expect(readPolicyFile('docs/policy.md', text, ids).problems).toEqual([]);
  });

  test('its variables, features of servers and links exist', () => {
    const settings = [...page.matchAll(/`([A-Z][A-Z]+_[A-Z_]+)`/g)].map((match) => match[1] ?? '');
    expect(settings.length).toBeGreaterThan(1);
    for (const name of settings) expect(VARIABLES as readonly string[]).toContain(name);
    for (const { name, since } of SERVER_FEATURES) {
      expect(page.replaceAll(/ +/g, ' ')).toContain(`| ${name} | Enterprise Server ${since.join('.')} |`);
    }
    for (const [, link = ''] of page.matchAll(/\]\((?!https?:)([^)#\s]+)/g)) {
      expect({ link, exists: existsSync(path.join(ROOT, 'docs', link)) }).toEqual({ link, exists: true });
    }
  });
});

test('editors can validate with the published schemas, without anything of ours', () => {
  const ajv = new Ajv({ allErrors: true, strict: false });
  const example = parse(blocks('yaml')[0] ?? '') as Record<string, unknown>;
  const policy = ajv.compile(JSON.parse(read('schemas/policy.v1.json')) as object);
  expect({ valid: policy(example), errors: policy.errors }).toEqual({ valid: true, errors: null });
  for (const wrong of [
    { profil: 'strict' },
    { extends: 'https://example.com/x.yml' },
    { rules: { a: 'loud' } },
  ]) {
    expect({ wrong, valid: policy({ ...example, ...wrong }) }).toEqual({ wrong, valid: false });
  }
  const organisation = ajv.compile(JSON.parse(read('schemas/organisation.v1.json')) as object);
  const { extends: references, version, ...sections } = example;
  expect(references).toBeDefined();
  expect(organisation({ version, defaults: sections, floor: sections })).toBe(true);
  expect(organisation({ floor: { extends: references } })).toBe(false);
});
