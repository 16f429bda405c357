import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseCommit } from '../../src/git/commit-object.ts';
import type { ObjectFormat } from '../../src/signatures/git-object.ts';
import { GitError } from '../../src/git/git-error.ts';
import { removeFolders } from '../support/git-fixture.ts';

afterAll(removeFolders);

const TREE = 'a'.repeat(40);
const PARENTS = ['b'.repeat(40), 'c'.repeat(40)];
const PEOPLE =
  'author Ada A <ada@example.org> 1700000000 +0100\ncommitter Carl C <carl@example.org> 1700000000 +0000\n';
const SSH = ['-----BEGIN SSH SIGNATURE-----', 'AAAA', '-----END SSH SIGNATURE-----'];

function header(name: string, lines: readonly string[]): string {
  return `${name} ${lines.join('\n ')}\n`;
}

function parse(raw: string | Buffer, format: ObjectFormat = 'sha1') {
  const read = parseRaw(raw, format);
  return { ...read, signed: read.signature.state === 'signed' ? read.signature.parts : null };
}

function parseRaw(raw: string | Buffer, format: ObjectFormat) {
  const bytes = typeof raw === 'string' ? Buffer.from(raw, 'utf8') : raw;
  const sha = createHash(format).update(`commit ${bytes.length}\0`).update(bytes).digest('hex');
  return parseCommit(sha, bytes, format);
}

const commit = (headers: string, message = 'Subject\n\nBody\n'): string =>
  `tree ${TREE}\n${PEOPLE}${headers}\n${message}`;

describe('parseCommit', () => {
  test('reads an unsigned merge', () => {
    const raw = `tree ${TREE}\nparent ${PARENTS[0]}\nparent ${PARENTS[1]}\n${PEOPLE}\nSubject\n\nBody\n`;
    const { commit: read, tree, signed } = parse(raw);
    expect(tree).toBe(TREE);
    expect(signed).toBeNull();
    expect(read).toMatchObject({
      parents: PARENTS,
      authorName: 'Ada A',
      authorEmail: 'ada@example.org',
      committerName: 'Carl C',
      committerEmail: 'carl@example.org',
      subject: 'Subject',
      signature: { state: 'unsigned', kind: null, signer: null, reason: null },
    });
  });

  test('a parent line elsewhere, or in the message, is no parent', () => {
    const raw = commit(`parent ${'d'.repeat(40)}\n`, `Subject\n\nparent ${'e'.repeat(40)}\n`);
    expect(parse(raw).commit.parents).toEqual([]);
  });

  test('a signature in the message, or in a merged tag, signs nothing', () => {
    const tag = header('mergetag', [
      `object ${TREE}`,
      'type commit',
      'tag v1',
      'tagger T <t@example.org> 1 +0000',
      '',
      'v1',
      ...SSH,
    ]);
    const raw = commit(tag, `Subject\n\n${header('gpgsig', SSH)}`);
    expect(parse(raw).commit.signature.state).toBe('unsigned');
  });

  test.each([
    ['ssh', SSH],
    ['openpgp', ['-----BEGIN PGP SIGNATURE-----', '', 'AAAA', '=aaaa', '-----END PGP SIGNATURE-----']],
    ['openpgp', ['-----BEGIN PGP MESSAGE-----', '', 'AAAA', '-----END PGP MESSAGE-----']],
    ['x509', ['-----BEGIN SIGNED MESSAGE-----', 'AAAA', '-----END SIGNED MESSAGE-----', '']],
  ])('%s signature', (kind, lines) => {
    const raw = commit(header('gpgsig', lines) + header('encoding', ['UTF-8']));
    const { commit: read, signed } = parse(raw);
    expect(read.signature).toEqual({
      state: 'unavailable',
      kind,
      signer: null,
      reason: 'signed, but the signature was not verified here',
    });
    expect(Buffer.from(signed!.signature).toString()).toBe(lines.join('\n'));
    expect(Buffer.from(signed!.payload).toString()).toBe(commit(header('encoding', ['UTF-8'])));
  });

  test('the payload leaves out the signatures of both object formats', () => {
    const raw = commit(header('gpgsig', SSH) + header('gpgsig-sha256', SSH) + 'x-extra kept\n');
    expect(Buffer.from(parse(raw).signed!.payload).toString()).toBe(commit('x-extra kept\n'));
  });

  test('in a SHA-256 repository the other header is the one that counts', () => {
    expect(parse(commit(header('gpgsig-sha256', SSH)), 'sha256').commit.signature.kind).toBe('ssh');
    expect(parse(commit(header('gpgsig', SSH)), 'sha256').commit.signature.state).toBe('malformed');
    expect(parse(commit(header('gpgsig-sha256', SSH))).commit.signature.state).toBe('malformed');
  });

  test.each([
    ['unknown armor', header('gpgsig', ['-----BEGIN NONSENSE-----', 'AAAA', '-----END NONSENSE-----'])],
    ['no armor', header('gpgsig', ['hello'])],
    ['empty', 'gpgsig\n'],
    ['cut off', header('gpgsig', SSH.slice(0, 2))],
    ['armor that is not at the start', header('gpgsig', ['x', ...SSH])],
    ['two signatures', header('gpgsig', SSH) + header('gpgsig', SSH)],
    [
      'mixed kinds',
      header('gpgsig', ['-----BEGIN PGP SIGNATURE-----', 'AAAA', '-----END SSH SIGNATURE-----']),
    ],
  ])('%s is malformed', (_, headers) => {
    const { commit: read, signed } = parse(commit(headers));
    expect(read.signature).toMatchObject({ state: 'malformed', kind: null });
    expect(signed).toBeNull();
  });

  test('names in another encoding', () => {
    const raw = Buffer.concat([
      Buffer.from(`tree ${TREE}\nauthor J`),
      Buffer.from([0xfc]),
      Buffer.from(
        'rgen <j@example.org> 1 +0000\ncommitter C <c@example.org> 1 +0000\nencoding ISO-8859-1\n\nGr',
      ),
      Buffer.from([0xfc]),
      Buffer.from('n\n'),
    ]);
    expect(parse(raw).commit).toMatchObject({ authorName: 'Jürgen', subject: 'Grün' });
    const unknown = Buffer.from(raw.toString('latin1').replace('ISO-8859-1', 'x-no-such'), 'latin1');
    expect(parse(unknown).commit).toMatchObject({ authorName: 'J\ufffdrgen', subject: 'Gr\ufffdn' });
  });

  test('control characters and marks of direction are removed, long text is cut between characters', () => {
    const raw = commit('', `\n\n\u001b[31mred\u0007 \u202eevil\u2066\r\n`);
    expect(parse(raw).commit.subject).toBe('[31mred evil');
    expect(parse(commit('', '\u{1f600}'.repeat(300))).commit.subject).toBe('\u{1f600}'.repeat(100));
    expect(parse(commit('', `a${'\u{1f600}'.repeat(300)}`)).commit.subject.length).toBe(199);
  });

  test('people without brackets, and no people at all', () => {
    const raw = `tree ${TREE}\nauthor nobody\n\nx\n`;
    expect(parse(raw).commit).toMatchObject({
      authorName: 'nobody',
      authorEmail: '',
      committerName: '',
      committerEmail: '',
    });
  });

  test('refuses bytes that do not belong to the id', () => {
    const raw = Buffer.from(commit(''));
    expect(() => parseCommit('0'.repeat(40), raw, 'sha1')).toThrow(GitError);
    expect(() => parseCommit('0'.repeat(40), raw, 'sha1')).toThrow(/does not match its id/);
  });

  test('refuses an object that is no commit', () => {
    expect(() => parse('')).toThrow(/not a readable commit/);
    expect(() => parse('parent x\n\n')).toThrow(/not a readable commit/);
  });
});
