import { describe, expect, test } from '@jest/globals';
import { credentialsInArguments } from '../../src/manifests/credentials/arguments.ts';
import { kindByForm, kindOfNamed } from '../../src/manifests/credentials/check.ts';
import { credentialNamed, isPublicName, wordsOf } from '../../src/manifests/credentials/key-name.ts';
import { credentialsOnLines } from '../../src/manifests/credentials/lines.ts';
import { isDummy, looksGenerated } from '../../src/manifests/credentials/literal.ts';
import { credentialsInText } from '../../src/manifests/credentials/text.ts';
import { credentialsIn } from '../../src/manifests/credentials/walk.ts';

const fake = 'hunter' + '2-' + 'correct-horse';
const random = '4f9a1c07' + 'd2e84b65';

test('words of a key', () => {
  for (const name of ['dbRootPassword', 'DB_ROOT_PASSWORD', 'db.root-password', 'DB root password']) {
    expect(wordsOf(name)).toEqual(['db', 'root', 'password']);
  }
  expect(wordsOf('JWTSecretKey')).toEqual(['jwt', 'secret', 'key']);
});

describe('what a key promises', () => {
  test.each([
    [
      'password',
      'DB_PASSWORD',
      'adminPassword',
      'smtp_pass',
      'mysqlPassword',
      'PGPASSWORD',
      'passphrase',
      'db.pwd',
      'requirepass',
      'userPasswd',
    ],
    [
      'qualified',
      'clientSecret',
      'API_KEY',
      'apikey',
      'AWS_SECRET_ACCESS_KEY',
      'accessToken',
      'GITHUB_TOKEN',
      'private_key',
      'secretKey',
      'client-key-data',
    ],
    ['bare', 'token', 'MY_TOKEN', 'secret', 'credentials', 'APP_CREDENTIALS'],
  ])('%s', (strength, ...names) => {
    expect(names.map((name) => [name, credentialNamed(name)])).toEqual(names.map((name) => [name, strength]));
  });

  test.each([
    'passwordSecret',
    'passwordKey',
    'existingSecret',
    'tokenFile',
    'secretName',
    'DB_PASSWORD_FILE',
    'password_path',
    'imagePullSecret',
    'tlsSecret',
    'proxy_pass',
    'tokenUrl',
    'passwordPolicy',
    'tokens',
    'key',
    'publicKey',
    'sortKey',
    'routingKey',
    'bypass',
    'compass',
    'secretRef',
    'tokenExpiration',
    'checksum/secret',
    'secret-hash',
    'tokenFingerprint',
    'passwordMinLength',
    '',
    '---',
  ])('%j names none', (name) => {
    expect(credentialNamed(name)).toBeNull();
  });

  test('names of things are public', () => {
    expect(['username', 'DB_HOST', 'clientId', 'region', 'url'].map(isPublicName)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(['password', 'accessKeyId', 'value', 'id'].map(isPublicName)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('isDummy', () => {
  test.each([
    'CHANGEME',
    'change-me',
    'Change_Me_Please',
    'xxx',
    'XXXXXXXX',
    '***',
    '---',
    'your-password-here',
    'YOUR_API_KEY',
    'REPLACE_ME',
    'TODO',
    'redacted',
    'insert-token-here',
    '@@TOKEN@@',
    '#{Token}#',
    '%TOKEN%',
    'changeit',
  ])('%s', (text) => {
    expect(isDummy(text)).toBe(true);
  });
  test.each([
    fake,
    random,
    'aaaa1',
    'yourself7',
    `changeme${random}`,
    `placeholder-${random}`,
    `xxx${random}`,
    'replacement-part-9',
  ])('not %s', (text) => {
    expect(isDummy(text)).toBe(false);
  });
});

describe('looksGenerated', () => {
  test.each([
    random,
    'Zm9vYmFyYmF6cXV4',
    'aB3$xY9!',
    '550e8400-e29b-41d4-a716-446655440000',
    'kq4gihvszzgn1p0r',
  ])('%s', (text) => {
    expect(looksGenerated(text)).toBe(true);
  });
  test.each([
    'oauth2-proxy',
    'web-v2',
    'payments',
    'db.example.com',
    'registry.example.com:5000',
    'short1',
    '1.2.3',
    '3600s',
    'true',
    'https://a.example.com',
    'my-app-credentials',
  ])('not %s', (text) => {
    expect(looksGenerated(text)).toBe(false);
  });
});

describe('values that are named', () => {
  test('a password may be anything, and what everybody knows gives nothing away', () => {
    expect(kindOfNamed('password', fake, 'field')).toBe('password');
    expect(kindOfNamed('password', '1234567890', 'field')).toBe('password');
    for (const text of [
      '',
      'true',
      'postgres',
      'admin',
      'changeme',
      '$PASSWORD',
      '${PASSWORD}',
      '/run/secrets/x',
      '{{ .p }}',
      '12',
      'ref+vault://a#b',
    ]) {
      expect([text, kindOfNamed('password', text, 'setting')]).toEqual([text, null]);
    }
  });
  test('a token in Helm values may be the name of a Secret, and in an environment it is not', () => {
    expect(kindOfNamed('clientSecret', 'payments-oidc', 'field')).toBeNull();
    expect(kindOfNamed('clientSecret', random, 'field')).toBe('client-secret');
    expect(kindOfNamed('CLIENT_SECRET', fake, 'setting')).toBe('client-secret');
    expect(kindOfNamed('CLIENT_SECRET', 'oidc-client-secret', 'setting')).toBeNull();
    expect(kindOfNamed('ACCESS_KEY', 'accesskey', 'setting')).toBeNull();
  });
  test('the default of a placeholder is a value', () => {
    expect(kindOfNamed('PASSWORD', `\${X:=${fake}}`, 'setting')).toBe('password');
    expect(kindOfNamed('PASSWORD', '${X:=changeme}', 'setting')).toBeNull();
  });
});

describe('values that show what they are', () => {
  test.each([
    [`postgres://app:${fake}@db/app`, 'url'],
    [`see https://robot:${fake}@git.example.com/x.git for more`, 'url'],
    [`https://${random}${random}@git.example.com/x.git`, 'url'],
    [`app:${fake}@tcp(db:3306)/app`, 'connection'],
    [`Server=db;Password=${fake};`, 'connection'],
    [`jdbc:mysql://db/app?user=app&password=${fake}`, 'connection'],
    [`host=db user=app password=${fake}`, 'connection'],
    [`Authorization: Bearer ${random}`, 'token'],
  ])('%s', (text, kind) => {
    expect(kindByForm(text)).toBe(kind);
  });
  test.each([
    'postgres://app:${PASSWORD}@db/app',
    'postgres://app:$(PASSWORD)@db/app',
    'postgres://app:{{ .p }}@db/app',
    'redis://cache:6379/0',
    'https://user:password@example.com',
    'git@git.example.com:shop/deploy.git',
    'mailto:a@example.com',
    'http://a:8080/@scope/x',
    'image: registry.example.com:5000/web@sha256:aa',
    'Authorization: Bearer $TOKEN',
    'password=$1',
    'os.environ["password"]',
    `?token_type=bearer`,
  ])('not %s', (text) => {
    expect(kindByForm(text)).toBeNull();
  });
  test('accounts of databases', () => {
    for (const statement of [
      `CREATE USER app WITH LOGIN PASSWORD '${fake}'`,
      `alter role app\n  with encrypted password '${fake}';`,
      `CREATE USER 'app'@'%' IDENTIFIED BY '${fake}'`,
    ]) {
      expect(credentialsInText(statement).map(({ kind }) => kind)).toEqual(['password']);
    }
    for (const statement of [
      `CREATE ROLE app LOGIN; SELECT 'password', '${fake}'`,
      "ALTER SYSTEM SET password_encryption = 'scram-sha-256'",
      "CREATE USER app PASSWORD '${PASSWORD}'",
      'ALTER ROLE app PASSWORD NULL',
    ]) {
      expect(credentialsInText(statement)).toEqual([]);
    }
  });

  test('a signed token, and not one that is unsigned or from the documentation', () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signature = Buffer.from(random.repeat(3)).toString('base64url');
    const token = (alg: string, payload: object): string =>
      `${part({ alg, typ: 'JWT' })}.${part(payload)}.${signature}`;
    expect(kindByForm(token('RS256', { iss: 'me', sub: 'robot' }))).toBe('jwt');
    expect(kindByForm(token('RS256', { iss: 'kubernetes/serviceaccount', sub: 'x' }))).toBe(
      'service-account-token',
    );
    expect(kindByForm(token('none', { iss: 'me' }))).toBeNull();
    expect(kindByForm(token('HS256', { sub: '1234567890', name: 'John Doe' }))).toBeNull();
  });
  test('a key behind layers of base64', () => {
    let text = `-----BEGIN PRIVATE` + ` KEY-----\n${random.repeat(6)}\n-----END PRIVATE KEY-----\n`;
    for (let layer = 1; layer <= 5; layer += 1) {
      text = Buffer.from(text).toString('base64');
      expect([layer, kindByForm(text)]).toEqual([layer, 'private-key']);
    }
  });
});

test('arguments', () => {
  const keys = (...items: string[]): string[] =>
    credentialsInArguments(items).map(({ index, key }) => `${index} ${key}`);
  expect(keys(`--db-password=${fake}`)).toEqual(['0 --db-password']);
  expect(keys('--db-password', fake)).toEqual(['1 --db-password']);
  expect(keys('sh', '-c', `exec app --db-password '${fake}' --x`)).toEqual(['2 --db-password']);
  expect(keys('-c', `PGPASSWORD=${fake} psql`)).toEqual(['1 PGPASSWORD']);
  expect(keys('-c', `kubectl create secret generic x --from-literal=password=${fake}`)).toEqual([
    '1 password',
  ]);
  expect(keys(`curl -u robot:${fake} https://a.example.com`)).toEqual(['0 --user']);
  expect(keys(`mysqldump -h db -p${fake} app`)).toEqual(['0 -p']);
  expect(
    keys(
      '--password-file=/x',
      '--password=$(P)',
      '--password',
      '--next',
      '--token=$TOKEN',
      '--secret-name',
      'web-tls',
    ),
  ).toEqual([]);
});

describe('lines of a file', () => {
  const found = (text: string, code = false): string[] =>
    credentialsOnLines(text, code).map(({ key, range }) => `${range.start.line} ${key}`);
  test('in their many forms', () => {
    const lines = [
      `DB_PASSWORD=${fake}`,
      `export DB_PASSWORD="${fake}"`,
      `db.password: ${fake}`,
      `db.password = ${fake} # why`,
      `  "password": "${fake}",`,
      `<password>${fake}</password>`,
      `<property name="password" value="${fake}"/>`,
      `password := "${fake}"`,
      `'password' => '${fake}',`,
      `requirepass: ${fake}\r`,
    ];
    expect(found(lines.join('\n')).map((one) => one.split(' ')[0])).toEqual(
      lines.map((_, index) => String(index + 1)),
    );
  });
  test('and not in comments, expressions and references', () => {
    expect(
      found(
        `# password=${fake}\n; password=${fake}\n// password=${fake}\npassword=\npassword: $X\npassword = get(x)\nif (password == "${fake}") {`,
      ),
    ).toEqual([]);
    expect(found('password = request.password\nconst token = makeToken\npassword: str', true)).toEqual([]);
    expect(found(`const password = "${fake}";`, true)).toEqual(['1 password']);
  });
});

describe('hostile values', () => {
  const quick = (value: unknown): number => credentialsIn(value, 'setting').length;

  test('texts made to stall a pattern', () => {
    const n = 20_000;
    for (const text of [
      'a://'.repeat(n),
      'a:'.repeat(n),
      '://a:'.repeat(n),
      'eyJ-'.repeat(n),
      `eyJ${'a'.repeat(n)}.eyJ${'a'.repeat(n)}.`,
      'password='.repeat(n),
      '=;password '.repeat(n),
      ' -'.repeat(n),
      '--a '.repeat(n),
      'mysql '.repeat(n),
      '<a>'.repeat(n),
      '<password>'.repeat(n),
      '"'.repeat(n),
      ' '.repeat(n),
      `k${' '.repeat(n)}`,
      'Aa'.repeat(n),
      'a-'.repeat(n),
      '${'.repeat(n),
      '-----BEGIN PRIVATE KEY-----'.repeat(n / 10),
      'Authorization'.repeat(n / 10),
      'x\n'.repeat(n),
      'A'.repeat(1_000_000),
    ]) {
      credentialsIn({ password: text, other: text, args: [text], list: [text] }, 'setting');
      credentialsInText(text);
      credentialsOnLines(`key: ${text}`);
      isDummy(text);
      looksGenerated(text);
    }
  });
  test('towers of base64, and of texts in texts', () => {
    let base64 = fake;
    for (let layer = 0; layer < 20; layer += 1) base64 = Buffer.from(base64).toString('base64');
    expect(quick({ x: base64 })).toBe(0);
    let text = `password: ${fake}\n`;
    for (let layer = 0; layer < 30; layer += 1) text = `text: |\n${text.replaceAll(/^(?=.)/gm, '  ')}`;
    expect(quick({ 'x.yaml': text })).toBe(1);
  });
  test('many keys, shared objects and odd names', () => {
    expect(
      quick(
        Object.fromEntries(
          Array.from({ length: 10_000 }, (_, index) => [`k${index}_password`, `${fake}${index}`]),
        ),
      ),
    ).toBe(10_000);
    let shared: unknown = { password: fake };
    for (let level = 0; level < 40; level += 1) shared = [shared, shared];
    expect(quick(shared)).toBe(1);
    const odd: unknown = JSON.parse(
      `{"__proto__": {"password": "${fake}"}, "constructor": {"toString": "${fake}"}, "hasOwnProperty": 1}`,
    );
    expect(quick(odd)).toBe(1);
  });
  test('JSON that is nested too deeply is read line by line', () => {
    expect(quick({ 'x.json': '['.repeat(100_000) })).toBe(0);
    expect(quick({ 'x.json': `${'['.repeat(300)}\n"password": "${fake}"\n` })).toBe(1);
  });
});
