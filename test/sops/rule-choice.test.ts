// Which rule is chosen for a path, and what it asks for: compared with what the real `sops` does.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readSopsConfig } from '../../src/manifests/sops-config.ts';
import { sopsMetadataOf } from '../../src/manifests/sops-file.ts';
import { groupsOfMetadata } from '../../src/manifests/sops-recipients.ts';
import { parseYaml } from '../../src/manifests/yaml-parse.ts';
import { removeFolders } from '../support/git-fixture.ts';
import { createRealSops, HAS_SOPS } from './real-sops.ts';

afterAll(removeFolders);

/** `@0`, `@1` … stand for recipients. */
const CONFIGS: Readonly<Record<string, string>> = {
  anchored: 'creation_rules:\n- {path_regex: ^secrets/.*, age: "@0"}\n- {path_regex: \\.yaml$, age: "@1"}\n',
  unanchored: 'creation_rules:\n- {path_regex: ecret, age: "@0"}\n- {path_regex: prod, age: "@1"}\n',
  catchAll: 'creation_rules:\n- {age: "@0"}\n- {path_regex: x, age: "@1"}\n',
  emptyPattern: 'creation_rules:\n- {path_regex: "", age: "@0"}\n',
  unescaped: 'creation_rules:\n- {path_regex: a.yaml$, age: "@0"}\n- {path_regex: a, age: "@1"}\n',
  alternatives:
    'creation_rules:\n- {path_regex: ^(dev|test)/, age: "@0"}\n- {path_regex: ^prod/, age: "@1"}\n',
  flags: 'creation_rules:\n- path_regex: (?i)SECRET\n  age: "@0"\n- path_regex: ((?i)(Vault))\n  age: "@1"\n',
  classes:
    'creation_rules:\n- {path_regex: "[[:digit:]]{2}", age: "@0"}\n- {path_regex: \\d, age: "@1"}\n- {path_regex: \\pL, age: "@2"}\n',
  dotSlash:
    'creation_rules:\n- {path_regex: ^\\./, age: "@0"}\n- {path_regex: ^/, age: "@1"}\n- {path_regex: ^a, age: "@2"}\n',
  laterBroken:
    'creation_rules:\n- {path_regex: ^a, age: "@0"}\n- {path_regex: "(", age: "@1"}\n- {path_regex: ^b, age: "@2"}\n',
  lookahead: 'creation_rules:\n- {path_regex: "^(?!a)", age: "@0"}\n- {age: "@1"}\n',
  list: 'creation_rules:\n- path_regex: a\n  age: ["@0", "@1"]\n- path_regex: b\n  age: "@1, @2"\n- path_regex: c\n  age: ["@0,@2"]\n',
  groups:
    'creation_rules:\n- path_regex: a\n  age: "@2"\n  key_groups:\n  - age: ["@0"]\n  - age: ["@1"]\n- path_regex: b\n  key_groups: []\n  age: "@1"\n',
  merge:
    'creation_rules:\n- key_groups:\n  - merge:\n    - age: ["@0"]\n    - merge: [{age: ["@1"]}]\n    age: ["@0"]\n  - age: ["@2"]\n',
  threshold:
    'creation_rules:\n- shamir_threshold: 2\n  key_groups:\n  - age: ["@0"]\n  - age: ["@1"]\n  - age: ["@2"]\n',
  unknownKeys:
    'keys: [&a "@0"]\ncreation_rules:\n- {path_regex: a, encrypted-regex: x, age: *a, keygroups: [{age: ["@1"]}]}\n',
  modes:
    'creation_rules:\n- {path_regex: a, encrypted_regex: ^k$, age: "@0"}\n- {path_regex: b, unencrypted_suffix: _p, age: "@0"}\n- {path_regex: c, mac_only_encrypted: true, encrypted_suffix: _s, age: "@0"}\n',
  twoModes:
    'creation_rules:\n- {path_regex: a, encrypted_regex: ^k$, encrypted_suffix: x, age: "@0"}\n- {path_regex: b, age: "@1"}\n',
  notAList: 'creation_rules: {a: b}\n',
  typed: 'creation_rules:\n- {path_regex: a, age: "@0"}\n- {path_regex: b, hckms: text, age: "@1"}\n',
  merging:
    'base: &base {age: "@0"}\ncreation_rules:\n- {<<: *base, path_regex: a}\n- {<<: *base, age: "@1"}\n',
  numbers:
    'creation_rules:\n- {path_regex: 1, age: "@0"}\n- {path_regex: yes, age: "@1"}\n- {path_regex: true, mac_only_encrypted: on, age: "@2"}\n',
};

const PATHS: Readonly<Record<string, readonly string[]>> = {
  anchored: ['secrets/a.yaml', 'x/secrets/a.yaml', 'a.json', 'secrets.yaml', 'secrets/deep/er/a.env'],
  unanchored: ['a/secrets.yaml', 'prod/a.yaml', 'prod/secret.yaml', 'dev/a.yaml'],
  catchAll: ['x.yaml', 'a/b/c.json'],
  emptyPattern: ['x.yaml'],
  unescaped: ['a.yaml', 'aXyaml', 'b/a.yaml', 'a.yaml.bak', 'ba-yaml'],
  alternatives: ['dev/a.yaml', 'test/a.yaml', 'prod/a.yaml', 'a/dev/x.yaml', 'devel/a.yaml'],
  flags: ['my-secret.yaml', 'MYSECRET.yaml', 'vAULT/a.yaml', 'other.yaml'],
  classes: ['a12.yaml', 'a1b2.yaml', 'ö/x.yaml', '_.-'],
  dotSlash: ['a.yaml', 'b/a.yaml'],
  laterBroken: ['a.yaml', 'b.yaml'],
  lookahead: ['a.yaml', 'b.yaml'],
  list: ['a.yaml', 'b.yaml', 'c.yml'],
  groups: ['a.yaml', 'b.yml'],
  merge: ['a.yaml'],
  threshold: ['a.yaml'],
  unknownKeys: ['a.yaml'],
  modes: ['a.yaml', 'b.yml', 'c.yml'],
  twoModes: ['a.yaml', 'b.yml'],
  notAList: ['a.yaml'],
  typed: ['a.yaml', 'b.yml'],
  merging: ['a.yaml', 'b.yml'],
  numbers: ['1.yaml', 'yes.yaml', 'true.yaml'],
};

interface Choice {
  readonly groups: readonly (readonly string[])[];
  readonly mode: string;
  readonly threshold: number;
  readonly macOnly: boolean;
}

(HAS_SOPS ? describe : describe.skip)('rule choice, compared with sops', () => {
  const sops = createRealSops();
  const fill = (text: string): string =>
    text.replaceAll(/@(\d)/g, (_, at) => sops.recipients[Number(at)] ?? '');
  const pairs = Object.entries(PATHS).flatMap(([name, paths]) => paths.map((file) => [name, file] as const));

  test('there are enough of them', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(40);
  });

  function asked(config: string, file: string): Choice | null {
    const read = readSopsConfig('.sops.yaml', config);
    if (read.problems.some(({ refusesFile }) => refusesFile)) return null;
    const rule = read.ruleFor(file);
    if (rule === null) return null;
    return {
      groups: rule.groups.map((group) => group.map(({ id }) => id).sort()),
      mode: rule.mode === null ? 'unencrypted_suffix _unencrypted' : `${rule.mode.kind} ${rule.mode.pattern}`,
      threshold: rule.threshold,
      macOnly: rule.macOnlyEncrypted,
    };
  }

  function done(config: string, file: string): Choice | null {
    rmSync(path.join(sops.directory, '.sops.yaml'), { force: true });
    sops.write('.sops.yaml', config);
    sops.write(file, 'k: v\n');
    const { ok, stdout } = sops.run(['encrypt', '--input-type', 'yaml', '--output-type', 'yaml', file]);
    const document = ok ? parseYaml('x.yaml', stdout).documents[0] : undefined;
    const metadata = document === undefined ? null : sopsMetadataOf(document);
    if (metadata === null) return null;
    const groups = groupsOfMetadata(metadata).map((group) => group.map(({ id }) => id).sort());
    const mode = ['unencrypted_suffix', 'encrypted_suffix', 'encrypted_regex', 'unencrypted_regex'].flatMap(
      (kind) => (typeof metadata[kind] === 'string' ? [`${kind} ${metadata[kind]}`] : []),
    );
    const threshold = Number(metadata['shamir_threshold'] ?? 0);
    return {
      groups,
      mode: mode.join(),
      threshold: threshold > 0 ? threshold : groups.length,
      macOnly: metadata['mac_only_encrypted'] === true,
    };
  }

  test.each(pairs)('%s: %s', (name, file) => {
    const config = fill(CONFIGS[name] ?? '');
    expect(asked(config, file)).toEqual(done(config, file));
  });

  test('in a folder of its own, the path starts there', () => {
    const config = fill('creation_rules:\n- {path_regex: ^a/, age: "@0"}\n- {age: "@1"}\n');
    sops.write('sub/.sops.yaml', config);
    sops.write('sub/a/x.yaml', 'k: v\n');
    const { stdout } = sops.run(['--config', 'sub/.sops.yaml', 'encrypt', 'sub/a/x.yaml']);
    expect(stdout).toContain(`recipient: ${sops.recipients[0] ?? ''}`);
    expect(readSopsConfig('sub/.sops.yaml', config).ruleFor('sub/a/x.yaml')?.index).toBe(0);
  });
});
