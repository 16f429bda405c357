import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder, type SigningKey } from '../../support/git-fixture.ts';

/** What is left running or lying about; see `stopPrograms`. */
const homes: string[] = [];

/** Ends the agents that were started here, and removes their folders. Call it in `afterAll`. */
export function stopPrograms(): void {
  for (const home of homes.splice(0)) {
    execFileSync('gpgconf', ['--kill', 'all'], { env: gpgEnvironment(home), stdio: 'ignore' });
    rmSync(home, { recursive: true, force: true });
  }
}

function gpgEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: home, GNUPGHOME: home, LC_ALL: 'C' };
}

/** A key ring of gpg. Its folder has a short path, because sockets stand in it. */
export class GpgHome {
  readonly home: string;

  constructor() {
    this.home = mkdtempSync('/tmp/gw-');
    chmodSync(this.home, 0o700);
    homes.push(this.home);
  }

  /** @param time `YYYYMMDDTHHMMSS`: what the clock says */
  gpg(args: readonly string[], { time, input }: { time?: string; input?: string } = {}): Buffer {
    const clock = time === undefined ? [] : ['--faked-system-time', time];
    return execFileSync(
      'gpg',
      ['--batch', '--quiet', '--yes', '--passphrase', '', '--pinentry-mode', 'loopback', ...clock, ...args],
      {
        env: gpgEnvironment(this.home),
        input: input ?? '',
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
  }

  /** Makes a key and gives its fingerprint. */
  generate(userId: string, algorithm: string, options: { time?: string; expires?: string } = {}): string {
    const { time, expires = 'never' } = options;
    this.gpg(
      ['--quick-generate-key', userId, algorithm, 'sign', expires],
      time === undefined ? {} : { time },
    );
    return this.fingerprint(userId);
  }

  fingerprint(userId: string): string {
    const listing = this.gpg(['--with-colons', '--list-keys', userId]).toString();
    return /^fpr:+([0-9A-F]{40}):/m.exec(listing)?.[1] ?? '';
  }

  export(fingerprint: string): string {
    return this.gpg(['--armor', '--export', fingerprint]).toString();
  }

  /** For git: a program that is this gpg at some time. */
  program({ time, options = [] }: { time?: string; options?: readonly string[] } = {}): string {
    const clock = time === undefined ? '' : `--faked-system-time ${time}`;
    return script(`GNUPGHOME=${this.home} exec gpg --quiet ${clock} ${options.join(' ')} "$@"`);
  }

  sign(fingerprint: string, how: { time?: string; options?: readonly string[] } = {}): SigningKey {
    return { format: 'openpgp', file: fingerprint, program: this.program(how) };
  }
}

/** An executable shell script. */
export function script(body: string): string {
  const file = path.join(temporaryFolder(), 'program');
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

export interface SshKeyFile extends SigningKey {
  readonly publicKey: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
}

export function sshKey(type = 'ed25519', bits?: number): SshKeyFile {
  const file = path.join(temporaryFolder(), 'key');
  const size = bits === undefined ? [] : ['-b', String(bits)];
  sshKeygen(['-q', '-t', type, ...size, '-N', '', '-C', 'test', '-f', file]);
  return sshKeyFile(file);
}

export function sshKeyFile(file: string): SshKeyFile {
  const publicKey = readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  const fingerprint =
    sshKeygen(['-l', '-f', `${file}.pub`])
      .toString()
      .split(' ')[1] ?? '';
  return { format: 'ssh', file, publicKey, fingerprint };
}

/** Has an authority certify a key; the certificate signs for git. */
export function certify(authority: SshKeyFile, key: SshKeyFile, options: readonly string[]): SigningKey {
  sshKeygen(['-q', '-s', authority.file, '-I', 'test', ...options, `${key.file}.pub`]);
  return { format: 'ssh', file: `${key.file}-cert.pub` };
}

export function sshKeygen(args: readonly string[], input: string | Uint8Array = ''): Buffer {
  return execFileSync('ssh-keygen', args, { input, stdio: ['pipe', 'pipe', 'pipe'] });
}

export interface X509Key {
  readonly certificate: string;
  readonly key: string;
}

function openssl(args: readonly string[], input = ''): Buffer {
  return execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'pipe'] });
}

export const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
export const RSA = ['-newkey', 'rsa:2048'];
export const ED25519 = ['-newkey', 'ed25519'];
export const ED448 = ['-newkey', 'ed448'];
export const RSA_PSS = ['-newkey', 'rsa-pss', '-pkeyopt', 'rsa_keygen_bits:2048'];

const AUTHORITY = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];

export function x509Root(name: string, key: readonly string[] = EC): X509Key {
  return x509Issue(null, name, [...AUTHORITY, 'subjectKeyIdentifier=hash'], { key });
}

/** A certificate by another one, or by itself. `dates`: `[from, to]` as `YYYYMMDDHHMMSSZ`. */
export function x509Issue(
  issuer: X509Key | null,
  name: string,
  extensions: readonly string[],
  {
    key = EC,
    dates,
    digest = 'sha256',
  }: { key?: readonly string[]; dates?: readonly [string, string]; digest?: string } = {},
): X509Key {
  const folder = temporaryFolder();
  const at = (file: string): string => path.join(folder, file);
  openssl([
    'req',
    '-new',
    ...key,
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-out',
    at('request'),
    '-keyout',
    at('key'),
  ]);
  writeFileSync(at('extensions'), `[extensions]\n${extensions.join('\n')}\n`);
  writeFileSync(at('index'), '');
  writeFileSync(at('serial'), `10${randomBytes(7).toString('hex')}`);
  writeFileSync(
    at('ca.conf'),
    [
      '[ca]\ndefault_ca=d\n[d]',
      ...[
        `database=${at('index')}`,
        `serial=${at('serial')}`,
        `new_certs_dir=${folder}`,
        `default_md=${digest}`,
      ],
      ...['policy=p', 'x509_extensions=extensions', 'unique_subject=no', 'default_days=3650'],
      '[p]\ncommonName=supplied',
      `[extensions]\n${extensions.join('\n')}`,
    ].join('\n'),
  );
  const [from, to] = dates ?? ['20200101000000Z', '20400101000000Z'];
  openssl([
    ...['ca', '-batch', '-notext', '-config', at('ca.conf')],
    ...(issuer === null
      ? ['-selfsign', '-keyfile', at('key')]
      : ['-cert', issuer.certificate, '-keyfile', issuer.key]),
    ...['-startdate', from, '-enddate', to, '-in', at('request'), '-out', at('certificate.pem')],
  ]);
  return { certificate: at('certificate.pem'), key: at('key') };
}

/** A revocation list of an authority that names certificates. `dates`: `[made, next]` as `YYYYMMDDHHMMSSZ`. */
export function x509Revoke(
  issuer: X509Key,
  revoked: readonly X509Key[],
  {
    digest = 'sha256',
    dates = ['20250101000000Z', '20990101000000Z'],
    extensions = [],
    options = [],
  }: {
    digest?: string;
    dates?: readonly [string, string];
    extensions?: readonly string[];
    options?: readonly string[];
  } = {},
): string {
  const folder = temporaryFolder();
  const at = (file: string): string => path.join(folder, file);
  writeFileSync(at('index'), '');
  writeFileSync(at('number'), '01');
  writeFileSync(
    at('ca.conf'),
    [
      `[ca]\ndefault_ca=d\n[d]\ndatabase=${at('index')}\ncrlnumber=${at('number')}`,
      `default_md=${digest}\ndefault_crl_days=36500`,
      ...(extensions.length === 0 ? [] : ['crl_extensions=e', `[e]\n${extensions.join('\n')}`]),
    ].join('\n'),
  );
  const authority = ['-config', at('ca.conf'), '-cert', issuer.certificate, '-keyfile', issuer.key];
  for (const { certificate } of revoked) {
    openssl(['ca', ...authority, '-revoke', certificate]);
  }
  const [made, next] = dates;
  return openssl([
    ...['ca', ...authority, '-gencrl', '-crl_lastupdate', made, '-crl_nextupdate', next],
    ...options,
  ]).toString();
}

/** For git: signs with openssl, in the form in which gpgsm and gitsign hand signatures over. */
export function cmsSigner(
  { certificate, key }: X509Key,
  chain: readonly string[] = [],
  options: readonly string[] = [],
): SigningKey {
  const bundle = path.join(temporaryFolder(), 'chain.pem');
  writeFileSync(bundle, chain.map((file) => readFileSync(file, 'utf8')).join(''));
  const extra = chain.length === 0 ? '' : `-certfile ${bundle}`;
  const program = script(
    [
      `openssl cms -sign -binary -signer ${certificate} -inkey ${key} ${extra} -outform PEM ${options.join(' ')} | sed '/^-----/s/CMS/SIGNED MESSAGE/'`,
      "printf '\\n[GNUPG:] SIG_CREATED D\\n' >&2",
    ].join('\n'),
  );
  return { format: 'x509', file: 'test', program };
}
