import { afterAll, describe, expect, test } from '@jest/globals';
import { removeFolders } from '../support/git-fixture.ts';
import { foundIn } from './judge.ts';
import { createRealSops, HAS_SOPS } from './real-sops.ts';

afterAll(removeFolders);

const word = (name: string): string => `${name}-` + 'a1B2'.repeat(3);

const YAML = `# kept
apiVersion: v1
kind: Secret
metadata:
  name: db # which one
stringData:
  # of the user
  password: ${word('pass')}
  url: "https://example.org/\${PATH}"
data:
  token: dG9rZW4=
empty: ""
nothing: null
list: []
map: {}
numbers: [1, 2.5, -3]
flag: true
date: 2020-01-02
nested:
  - name: x
    value: |
      several
      lines
  - - deep
other_unencrypted: plain
last: "yes"
`;
const PLAIN = {
  'a.json': `{"a": "${word('x')}", "n": 5, "f": 1.5, "b": false, "z": null, "e": "", "l": [{"k": "v"}, []], "o_unencrypted": "p"}`,
};
const ENV = `# comment\nA=${word('a')}\nB="quoted value"\nEMPTY=\nexport C=x=y\nD=two\\nlines\nE_unencrypted=plain\n`;
const INI = `; comment\n[db]\nuser = ada\npassword = "${word('p')}"\nempty =\n\n[other]\n# note\nn = 1\nplain_unencrypted = x\n`;
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'a.yaml': YAML,
  'b.yml': 'password: x\n---\npassword: y\n---\nother: z\n',
  ...PLAIN,
  'a.env': ENV,
  '.env': 'A=1\n',
  'a.ini': INI,
  'a.bin': new Uint8Array([0, 1, 2, 250, 251]),
  'a.txt': `line\n${word('t')}\n`,
  noext: '{"a": 1}\n',
};

const MODES: readonly (readonly [string, readonly string[]])[] = [
  ['no mode', []],
  ['encrypted_regex', ['encrypted_regex: ^(data|stringData|password|a|A|db)$']],
  ['unencrypted_regex', ['unencrypted_regex: ^(metadata|kind|apiVersion|n)$']],
  ['encrypted_suffix', ['encrypted_suffix: Data']],
  ['unencrypted_suffix', ['unencrypted_suffix: _unencrypted']],
  ['encrypted_comment_regex', ['encrypted_comment_regex: user']],
  ['unencrypted_comment_regex', ['unencrypted_comment_regex: user']],
  ['mac_only_encrypted', ['encrypted_regex: ^(stringData|A|a|db)$', 'mac_only_encrypted: true']],
];

(HAS_SOPS ? describe : describe.skip)('files that sops made are clean', () => {
  const sops = createRealSops({ withPgp: true });
  const [first = '', second = '', third = ''] = sops.recipients;

  const KEYS: readonly (readonly [string, readonly string[]])[] = [
    ['age', [`age: ${first},${second}`]],
    ['age as a list', ['age:', `    - ${first}`]],
    [
      'key groups',
      [
        'shamir_threshold: 2',
        'key_groups:',
        `    - age: [${first}]`,
        `    - age: [${second}, ${third}]`,
        `    - merge: [{age: [${third}]}]`,
      ],
    ],
    ...(sops.pgp === null ? [] : [['pgp', [`pgp: ${sops.pgp}`, `age: ${first}`]] as const]),
  ];
  const configOf = (lines: readonly string[]): string => `creation_rules:\n  - ${lines.join('\n    ')}\n`;

  test.each(
    MODES.flatMap(([mode, lines]) => KEYS.map(([keys, more]) => [mode, keys, [...lines, ...more]] as const)),
  )('%s, %s: every format', (mode, _keys, lines) => {
    const config = configOf(lines);
    sops.write('.sops.yaml', config);
    const head: Record<string, string> = { '.sops.yaml': config };
    for (const [name, text] of Object.entries(FILES)) {
      head[name] = sops.encrypt(name, text);
    }
    // What such a mode leaves in plain text on purpose is for the rules about plain text.
    const onPurpose = (one: string): boolean =>
      mode.includes('_') && /^no-(?:plaintext-secret|plain-key-in-sops-file) /.test(one);
    expect(foundIn(head).filter((one) => !onPurpose(one))).toEqual([]);
    expect(foundIn(head, { 'README.md': 'x' }).filter((one) => !onPurpose(one))).toEqual([]);
  });

  test('and so are the ways in which sops changes them', () => {
    const config = configOf([`age: ${first},${second}`]);
    sops.write('.sops.yaml', config);
    const before: Record<string, string> = { '.sops.yaml': config };
    for (const [name, text] of Object.entries(FILES)) before[name] = sops.encrypt(name, text);
    for (const step of [
      ['set', 'a.yaml', '["stringData"]["password"]', '"other"'],
      ['set', 'a.yaml', '["new"]', '{"a": [1, "b"]}'],
      ['set', 'a.json', '["n"]', '6'],
      ['unset', 'a.yaml', '["flag"]'],
      ['rotate', '--in-place', 'a.env'],
      ['rotate', '--in-place', '--rm-age', second, '--add-age', third, 'a.ini'],
    ]) {
      const { ok, stderr } = sops.run(step);
      expect({ ok, step, stderr: ok ? '' : stderr }).toEqual({ ok: true, step, stderr: '' });
    }
    const after = Object.fromEntries(
      Object.keys(before).map((name) => [name, sops.read(name).toString('utf8')]),
    );
    // a.ini is encrypted for others than the rule names now, which is what the change did.
    expect(foundIn(after, before)).toEqual(['sops-recipients-mismatch a.ini']);
  });

  test('updatekeys after an addition leaves nothing to say but who gained access', () => {
    const file = 'secrets/db.yaml';
    const old = configOf([`age: ${first}`]);
    const now = configOf([`age: ${first},${second}`]);
    sops.write('.sops.yaml', old);
    const before = { '.sops.yaml': old, [file]: sops.encrypt(file, 'password: x\n') };
    sops.write('.sops.yaml', now);
    expect(foundIn({ ...before, '.sops.yaml': now }, before)).toEqual([
      'no-weaker-sops-config .sops.yaml',
      `sops-recipients-mismatch ${file}`,
    ]);
    expect(sops.run(['updatekeys', '-y', file]).ok).toBe(true);
    const after = { '.sops.yaml': now, [file]: sops.read(file).toString('utf8') };
    expect(foundIn(after, before)).toEqual(['no-weaker-sops-config .sops.yaml']);
  });
});
