import { isPlaceholder } from '../placeholder.ts';
import { isCiphertext } from '../sops-crypt.ts';

/** What other tools than SOPS write when they encrypt a text. */
const FOREIGN_ENCRYPTION =
  /^(?:\$ANSIBLE_VAULT;|age-encryption\.org\/|-----BEGIN (?:PGP MESSAGE|AGE ENCRYPTED FILE)-----|U2FsdGVkX1|vault:v\d+:)/;

/** Encrypted by something else than SOPS. */
export function isForeignCiphertext(text: string): boolean {
  return FOREIGN_ENCRYPTION.test(text.slice(0, 200).trimStart());
}

/** Longer texts are no stand-ins. */
const MAX_DUMMY = 60;
const SAME_CHARACTER = /^([xX*.#_?-])\1{2,}$/;
const STANDS_FOR_NOTHING = new RegExp(
  '^(?:' +
    '(?:please)?(?:change|replace)(?:me|this|it|before|in|to|with|your|here)(?!nt)[a-z]{0,24}\\d{0,2}' +
    '|your[a-z]{0,40}|(?:insert|enter|put|add|fill|set)(?:in|me|your|here|the)[a-z]{0,40}|(?:insert|enter|put|add)[a-z]{0,30}here' +
    '|todo|tbd|fixme|none|null|nil|undefined|na|empty|unset|notset|unused|notused|ignored|default|optional|required' +
    '|string|text|object|redacted|censored|masked|hidden|removed|placeholder|dummy|example|sample|xxx+' +
    ')$',
);
const SAYS_SO =
  /placeholder|redacted|changeme|replaceme(?!nt)|tobe(?:set|replaced|filled|defined|provided)|examplekey$|dummy/;

/** A text that a person is asked to replace, or that says nothing: `CHANGEME`, `xxx`, `your-token-here`, `***`. */
export function isDummy(text: string): boolean {
  const value = text.trim();
  if (value.length > MAX_DUMMY) return false;
  if (value === '' || SAME_CHARACTER.test(value) || /^[\s.*_-]+$/.test(value)) return true;
  if (
    /^(?:@@[\w.-]+@@|%[A-Z][A-Z0-9_]*%|__[A-Z][A-Z0-9_]*__|#\{[^{}]+\}#?|\[\[[^[\]]*\]\]|%\([\w.]+\)s)$/.test(
      value,
    )
  )
    return true;
  const letters = value.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (STANDS_FOR_NOTHING.test(letters)) return true;
  return SAYS_SO.test(letters) && !/\d.*\d.*\d/.test(letters.replace('examplekey', ''));
}

/** Defaults that everybody knows: where they stand, nothing is given away. */
const WELL_KNOWN = new Set(
  (
    'password passwd passphrase pass secret token key admin administrator root guest test testing user username postgres ' +
    'postgresql mysql mariadb redis rabbitmq mongo mongodb minio minioadmin minio123 grafana promoperator elastic ' +
    'keycloak nexus admin123 demo foo bar baz foobar password1 password123 1234 12345 123456 1234567 12345678 123456789 qwerty ' +
    'letmein basic bearer oauth oauth2 oidc ldap saml anonymous app db database public private local localhost external internal ' +
    'env file vault kubernetes webhook generic static manual auto automatic plain json yaml header cookie query body'
  ).split(' '),
);

export function isWellKnown(text: string): boolean {
  return WELL_KNOWN.has(
    text
      .trim()
      .toLowerCase()
      .replaceAll(/[-_.\s]/g, ''),
  );
}

const POINTS_ELSEWHERE =
  /^(?:\$[A-Za-z_{(]|%\{|arn:aws[\w-]*:(?:secretsmanager|ssm|kms):|projects\/[^/\s]+\/secrets\/|(?:file|env|secret|secretref|awssm|awsssm|gcpsm|gcp-sm|azkv|akv|k8s|sm|ssm|bw|doppler|infisical|secretsmanager):\S|(?:\.{0,2}|~)\/|[A-Za-z]:\\)/;

/** A text that tells where the value is to be found: a variable, a file, a path in a store. */
export function pointsElsewhere(text: string): boolean {
  const value = text.trim();
  return (
    POINTS_ELSEWHERE.test(value) ||
    // `DB_PASSWORD`, the name of an environment variable.
    (value.length <= 80 &&
      /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value) &&
      /PASS|TOKEN|SECRET|KEY|CRED/.test(value))
  );
}

/** The default of `${NAME:=default}` or `${NAME:-default}`; null when there is none. */
export function defaultOf(text: string): string | null {
  return /^\$\{[A-Za-z_]\w*:[-=]([^{}]*)\}$/.exec(text.trim())?.[1] ?? null;
}

/** Nothing to hide, whatever the key is called: empty, encrypted, left for something else to fill in, or made up. */
export function isNoLiteral(text: string): boolean {
  return (
    text.trim() === '' ||
    isCiphertext(text) ||
    isForeignCiphertext(text) ||
    isPlaceholder(text) ||
    isDummy(text)
  );
}

const HARMLESS = [
  /^(?:true|false|yes|no|on|off|enabled?|disabled?|null|none|~)$/i,
  /^[+-]?\d[\d_,]*(?:\.\d+)?(?:%|[kKMGTPE]i?B?|m)?$/,
  /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d|w|y))+$/,
  /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|\/\d{1,2})?$/,
  /^sha(?:1|224|256|384|512)[:-][A-Za-z0-9+/=]+$/,
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?$/,
  /^v?\d+(?:\.\d+){1,3}(?:[-+][0-9A-Za-z.]{1,20})?$/,
];
const MAX_SHAPE = 200;

/** Booleans, numbers, durations, addresses and digests. */
export function hasHarmlessShape(text: string): boolean {
  const value = text.trim();
  return value.length <= MAX_SHAPE && HARMLESS.some((shape) => shape.test(value));
}

/** Whether a machine made it: long enough, and no word or name that a person would choose. */
export function looksGenerated(text: string): boolean {
  const value = text.trim().slice(0, 400);
  if (value.length < 8 || /\s/.test(value) || hasHarmlessShape(value) || isHost(value) || isUrl(value))
    return false;
  // A name of an object or a file: generated only if one of its parts is.
  if (/^[a-z0-9]+(?:[-_./][a-z0-9]+)*$/.test(value) || /^[A-Z0-9]+(?:[-_./][A-Z0-9]+)*$/.test(value)) {
    return value.split(/[-_./]/).some(isMixed);
  }
  return /\d/.test(value) || /[a-z][A-Z]{2}|[A-Z][a-z]+[A-Z].*[A-Z]/.test(value) || /[^\w.:/@-]/.test(value);
}

/** Letters and digits in turns, as in `4f9a1c07`, or more than any word has. */
function isMixed(part: string): boolean {
  const turns = part.match(/[a-z](?=\d)|\d(?=[a-z])/gi)?.length ?? 0;
  return part.length >= 8 && (turns >= 2 || part.length >= 24);
}

export function isHost(text: string): boolean {
  return (
    text.length <= 253 &&
    /^[a-z][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63})*\.[a-z]{2,24}\.?(?::\d{1,5})?$/i.test(text)
  );
}

export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]{1,30}:\/\//i.test(text);
}

/** The name of an object that holds a credential: `oidc-client-secret`. */
export function namesAnObject(text: string): boolean {
  return (
    text.length <= 253 &&
    /^[a-z0-9]+(?:[-_./][a-z0-9]+)*$/.test(text) &&
    /(?:^|[-_./])(?:secrets?|credentials?|creds|tokens?|passwords?|auth|keys?|tls|certs?|account|api|config|login)$/.test(
      text,
    )
  );
}
