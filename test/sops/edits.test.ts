// Encrypt, then edit anything outside of the metadata: it is found, or `sops` still decrypts the file.
import { afterAll, describe, expect, test } from '@jest/globals';
import { fc } from '../support/property.ts';
import { removeFolders } from '../support/git-fixture.ts';
import { foundIn } from './judge.ts';
import { createRealSops, HAS_SOPS } from './real-sops.ts';

afterAll(removeFolders);

const RUNS = Number(process.env['SOPS_EDITS'] ?? 120);

const SAMPLES: Readonly<Record<string, string>> = {
  'a.yaml': `# note
user: ada
password: "s3cret: value"
count: 5
ratio: 2.5
flag: true
empty: ""
nothing: null
plain_unencrypted: visible
more_unencrypted:
    number: 7
    switch: false
    list: [a, b]
nested:
    key: value
    list:
        - one
        - two
        - name: three
          other: four
block: |
    several
    lines
none: []
`,
  'b.yaml': 'a: 1\nb_unencrypted: x\n---\na: 2\nc: {d: e}\n',
  'a.json': JSON.stringify({ a: 'x', b: 5, c: [true, null, 'y'], d: { e: 'z', f_unencrypted: 1 }, g: '' }),
  'a.env': '# note\nA=one\nB="two words"\nC=\nD_unencrypted=plain\nexport E=three\n',
  'a.ini': '; note\n[one]\na = 1\nb = "two"\nempty =\n\n[two]\nc_unencrypted = plain\nd = x\n',
  'a.bin': 'any text\n',
};
const METADATA: Readonly<Record<string, RegExp>> = {
  yaml: /^sops:/m,
  json: /^\t"sops":/m,
  env: /^sops_/m,
  ini: /^\[sops\]/m,
  bin: /^\t"sops":/m,
};

type Edit = (lines: string[], at: number, other: number, text: string) => void;
const EDITS: Readonly<Record<string, Edit>> = {
  remove: (lines, at) => void lines.splice(at, 1),
  repeat: (lines, at) => void lines.splice(at, 0, lines[at] ?? ''),
  swap: (lines, at, other) => {
    [lines[at], lines[other % lines.length]] = [lines[other % lines.length] ?? '', lines[at] ?? ''];
  },
  put: (lines, at, _other, text) => void lines.splice(at, 0, text),
  replace: (lines, at, _other, text) => void lines.splice(at, 1, text),
  insertInto: (lines, at, other, text) => {
    const line = lines[at] ?? '';
    const place = other % (line.length + 1);
    lines[at] = line.slice(0, place) + text + line.slice(place);
  },
  cutFrom: (lines, at, other) => {
    const line = lines[at] ?? '';
    const place = other % (line.length + 1);
    lines[at] = line.slice(0, place) + line.slice(place + 1);
  },
  change: (lines, at, other) => {
    const line = lines[at] ?? '';
    const place = other % Math.max(1, line.length);
    lines[at] = `${line.slice(0, place)}${line[place] === 'A' ? 'B' : 'A'}${line.slice(place + 1)}`;
  },
  indent: (lines, at) => {
    lines[at] = `    ${lines[at] ?? ''}`;
  },
  dedent: (lines, at) => {
    lines[at] = (lines[at] ?? '').replace(/^ {4}/, '');
  },
  value: (lines, at, other) => {
    const values = ['x', '5', 'true', '""', 'null', '[]', '{}', '"quoted"', '2.50'];
    lines[at] = (lines[at] ?? '').replace(/([:=] ?).*$/, `$1${values[other % values.length] ?? ''}`);
  },
  rename: (lines, at) => {
    lines[at] = (lines[at] ?? '').replace(/[a-z]+(?=(?:_unencrypted)?"?\s*[:=])/i, 'renamed');
  },
};

const anyEdit = fc.record({
  kind: fc.constantFrom(...Object.keys(EDITS)),
  at: fc.nat(10_000),
  other: fc.nat(10_000),
  text: fc.constantFrom(
    'x',
    'new: value',
    'new_unencrypted: value',
    'NEW=value',
    'new = value',
    '# comment',
    '',
    ' ',
    '---',
    '"new": "value",',
    '  - item',
    ',',
    '_unencrypted',
    'é',
  ),
});

(HAS_SOPS ? describe : describe.skip)('any edit outside of the metadata', () => {
  const sops = createRealSops({ keys: 1 });
  const config = `creation_rules:\n  - age: ${sops.recipients[0] ?? ''}\n`;
  sops.write('.sops.yaml', config);

  test.each(Object.keys(SAMPLES))(
    'of %s is found, or does no harm',
    (name) => {
      const original = sops.encrypt(name, SAMPLES[name] ?? '');
      const start = METADATA[name.slice(name.lastIndexOf('.') + 1)]?.exec(original)?.index ?? 0;
      expect(start).toBeGreaterThan(0);
      expect(sops.decrypts(name, original)).toBe(true);
      let found = 0;
      fc.assert(
        fc.property(fc.array(anyEdit, { minLength: 1, maxLength: 2 }), (edits) => {
          const lines = original.slice(0, start - 1).split('\n');
          for (const { kind, at, other, text } of edits)
            EDITS[kind]?.(lines, at % Math.max(1, lines.length), other, text);
          const edited = `${lines.join('\n')}\n${original.slice(start)}`;
          const findings = foundIn(
            { '.sops.yaml': config, [name]: edited },
            { '.sops.yaml': config, [name]: original },
          );
          const decrypts = sops.decrypts(name, edited);
          if (findings.length === 0) expect(decrypts).toBe(true);
          else found += 1;
          // What is said to be undecryptable has to be.
          if (decrypts)
            expect(findings.filter((one) => /^sops-(?:mac-mismatch|ciphertext-moved)/.test(one))).toEqual([]);
        }),
        { numRuns: RUNS },
      );
      expect(found).toBeGreaterThan(RUNS / 10);
    },
    120_000,
  );
});
