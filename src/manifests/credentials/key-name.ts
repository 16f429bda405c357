/** The longest name that is looked at. */
const MAX_NAME = 200;

/**
 * What a key promises. `password`: whatever stands there is one. `qualified`: a named kind of token, key or secret.
 * `bare`: a word that as often names something else.
 */
export type NameStrength = 'password' | 'qualified' | 'bare';

/** The words of a key, lower case: `dbRootPassword`, `DB_ROOT_PASSWORD` and `db.root-password` have the same. */
export function wordsOf(name: string): string[] {
  return name
    .slice(-MAX_NAME)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

const PASSWORD = /^(?:[a-z0-9]*(?:password|passwd|passphrase|passcode|passwort)|pwd|pass|pw)$/;
const GLUED_PASS = /^(?:user|db|root|admin|smtp|require|ldap|bind|mysql|redis|sa)(?:pass|pwd)$/;
/** `proxy_pass` of nginx names an address, and `low-pass` a filter. */
const NO_PASSWORD_BEFORE = new Set(
  'proxy fastcgi uwsgi scgi grpc memcached by allow high low one two'.split(' '),
);

const GLUED =
  /^(?:api|access|auth|secret|private|signing|encryption|account|master)key$|^(?:auth|api|access|bearer|bot|refresh)token$|^(?:client|app|webhook|jwt|session)secret$/;
const BEFORE_TOKEN = new Set(
  (
    'api access auth bearer refresh bot deploy push webhook vault github gitlab gitea slack discord telegram npm registry ' +
    'admin personal session user runner registration root hub app service cloudflare digitalocean hcloud sentry grafana ' +
    'datadog influx influxdb sonar snyk tunnel account agent cluster bootstrap join oauth private git pat'
  ).split(' '),
);
const BEFORE_KEY = new Set(
  'api access secret private signing encryption account auth master storage shared deploy integration app application ssh hmac session jwt license'.split(
    ' ',
  ),
);
const BEFORE_SECRET = new Set(
  (
    'client consumer app application webhook jwt session cookie hmac signing shared oauth oidc api access token ' +
    'encryption csrf master rpc s3 aws server github gitlab slack bitbucket gogs azuredevops'
  ).split(' '),
);
/** In front of `secret` these name the object that holds one, not what is in it. */
const SECRET_REFERENCE = new Set(
  (
    'existing image pull tls cert certificate ca external ssl ingress password passwords mount volume issuer acme registry ' +
    'wildcard kube k8s kubernetes ref source target key keys credential credentials user admin'
  ).split(' '),
);

/** `checksum/secret` is what changes when the Secret does. */
const DIGEST = new Set(
  'checksum checksums hash digest sha sha1 sha256 sha512 md5 fingerprint thumbprint'.split(' '),
);

/** What a name has to hold to be looked at: most have none of it. `u`, for letters that only become these as small ones. */
const ANY_WORD = /pass|pwd|pw|token|key|secret|cred/iu;

/** The same names stand in a repository over and over. */
const answers = new Map<string, NameStrength | null>();
const MAX_ANSWERS = 10_000;

/** How surely a key names a credential; null when it does not. Names of files, references and settings do not. */
export function credentialNamed(name: string): NameStrength | null {
  if (name.length > MAX_NAME) return strengthOf(name);
  let answer = answers.get(name);
  if (answer === undefined) {
    answer = strengthOf(name);
    if (answers.size >= MAX_ANSWERS) answers.clear();
    answers.set(name, answer);
  }
  return answer;
}

function strengthOf(name: string): NameStrength | null {
  if (!ANY_WORD.test(name)) return null;
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined || words.some((word) => DIGEST.has(word))) return null;
  // `existingSecretAdminPassword` of Harbor names the Secret.
  if (/\bexisting secret\b/.test(words.join(' '))) return null;
  const before = words.at(-2) ?? '';
  if (PASSWORD.test(last) || GLUED_PASS.test(last)) return NO_PASSWORD_BEFORE.has(before) ? null : 'password';
  if (GLUED.test(last) || /^(?:secret key base|client key data)$/.test(words.slice(-3).join(' ')))
    return 'qualified';
  switch (last) {
    case 'token':
      return BEFORE_TOKEN.has(before) ? 'qualified' : 'bare';
    case 'key':
      return BEFORE_KEY.has(before) ? 'qualified' : null;
    case 'secretkey':
      return 'qualified';
    case 'secret':
      if (SECRET_REFERENCE.has(before)) return null;
      return BEFORE_SECRET.has(before) ? 'qualified' : 'bare';
    case 'credential':
    case 'credentials':
    case 'creds':
      return 'bare';
    default:
      return null;
  }
}

const PUBLIC_LAST = new Set(
  (
    'user username usernames login host hostname hosts port ports server address addr database db dbname schema bucket region ' +
    'zone domain domains range cidr endpoint namespace name project type kind email mail from to enabled level mode driver dialect version ' +
    'env environment locale timezone tz protocol scheme org organization tenant realm issuer audience scope scopes ' +
    'path file dir timeout ttl interval retries replicas size description format'
  ).split(' '),
);
const PUBLIC_ID = new Set(
  'client tenant account app application project installation organization subscription user'.split(' '),
);

/** Whether a key says where something is or what it is called, and not how to get in. */
export function isPublicName(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (last === 'id') return PUBLIC_ID.has(words.at(-2) ?? '');
  return PUBLIC_LAST.has(last) || /^(?:url|uri)$/.test(last);
}
