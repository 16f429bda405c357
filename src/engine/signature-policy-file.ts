import type { YamlDocument } from '../manifests/yaml-document.ts';
import { didYouMean } from './document-schema.ts';
import { globProblem } from './globs.ts';
import {
  IDENTITY_MATCHES,
  SIGNATURE_REQUIREMENTS,
  WEB_FLOW_LEVELS,
  type ConfigProblem,
  type IdentityMatch,
  type KeyMoment,
  type KeyPlaces,
  type SignatureRequirement,
  type WebFlow,
} from './policy.ts';

/** The section `signatures` of a policy file, as it is written. */
export interface SignaturePolicyFile {
  require?: SignatureRequirement;
  keys?: Partial<KeyPlaces>;
  signers?: string[];
  groups?: Record<string, string[]>;
  paths?: { paths: string[]; groups: string[] }[];
  tags?: string[];
  identity?: IdentityMatch;
  github?: { verdict?: boolean; accountKeys?: boolean };
  webFlow?: WebFlow;
  userPresence?: 'required' | 'optional';
  expiredKeys?: KeyMoment;
  retiredKeys?: KeyMoment;
}

/** Where a repository keeps public keys unless its policy says otherwise. */
export const DEFAULT_KEY_PLACES: KeyPlaces = {
  allowedSigners: '.github/allowed_signers',
  revokedKeys: '.github/revoked_signers',
  openpgp: '.github/openpgp-keys',
  x509: '.github/x509-roots',
};

const signerList = (description: string): object => ({
  type: 'array',
  description,
  items: { type: 'string', minLength: 1, maxLength: 300 },
  minItems: 1,
  maxItems: 1_000,
});
const place = (description: string, standard: string): object => ({
  type: 'string',
  description: `${description} Default: ${standard}.`,
  maxLength: 200,
  pattern: '^[A-Za-z0-9_@+.-]+(?:/[A-Za-z0-9_@+.-]+)*$',
});
const moment = (description: string): object => ({
  type: 'string',
  enum: ['at-signing', 'now'],
  description,
});

export const SIGNATURE_SCHEMA = {
  type: 'object',
  description: 'Who may sign commits, with which keys, and what is asked of the signatures.',
  additionalProperties: false,
  properties: {
    require: {
      type: 'string',
      enum: [...SIGNATURE_REQUIREMENTS],
      description:
        'What every commit must have: any signature that is not broken (signed), one that was verified (verified), or one by ' +
        'somebody whom the base branch names (allowed-signer). Anything but none makes signed-commits an error.',
    },
    keys: {
      type: 'object',
      description: 'Where the base branch keeps public keys: each a file, or a folder.',
      additionalProperties: false,
      properties: {
        allowedSigners: place(
          "SSH keys, in the format of OpenSSH's allowed_signers.",
          DEFAULT_KEY_PLACES.allowedSigners,
        ),
        revokedKeys: place(
          'SSH public keys that do not count any more, one a line.',
          DEFAULT_KEY_PLACES.revokedKeys,
        ),
        openpgp: place('OpenPGP public keys, armored or binary.', DEFAULT_KEY_PLACES.openpgp),
        x509: place('X.509 roots, intermediates and revocation lists, as PEM.', DEFAULT_KEY_PLACES.x509),
      },
    },
    signers: signerList(
      'With allowed-signer: who may sign at all, as names of groups or as signers. Without it, everybody whom the key files name.',
    ),
    groups: {
      type: 'object',
      description:
        'Groups of signers. A signer is an address (with * and ?), principal:NAME, github:LOGIN, SHA256:… of an SSH key, ' +
        'openpgp:FINGERPRINT or x509:FINGERPRINT.',
      maxProperties: 200,
      additionalProperties: signerList('The signers of this group.'),
    },
    paths: {
      type: 'array',
      description:
        'Who may sign changes to some paths: every commit that touches one must be signed by a member of one of the groups.',
      maxItems: 200,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['paths', 'groups'],
        properties: {
          paths: {
            type: 'array',
            description: 'Globs.',
            minItems: 1,
            maxItems: 500,
            items: { type: 'string', minLength: 1, maxLength: 500 },
          },
          groups: {
            type: 'array',
            description: 'Names of groups.',
            minItems: 1,
            maxItems: 200,
            items: { type: 'string', minLength: 1, maxLength: 100 },
          },
        },
      },
    },
    tags: {
      type: 'array',
      description:
        'Globs of names of tags that must be annotated and signed as `require` says, and signed at all where it says none. The App raises an alert about others.',
      maxItems: 500,
      items: { type: 'string', minLength: 1, maxLength: 500 },
    },
    identity: {
      type: 'string',
      enum: [...IDENTITY_MATCHES],
      description: 'Whose address must be one for which the key may sign. Default: committer.',
    },
    github: {
      type: 'object',
      description: 'Whether the word of GitHub counts. Only the App can ask for it.',
      additionalProperties: false,
      properties: {
        verdict: {
          type: 'boolean',
          description:
            "Take GitHub's verdict where no key of the base branch settles it. Default: true, but false with allowed-signer.",
        },
        accountKeys: {
          type: 'boolean',
          description: "Verify with the keys of the committer's account too. Default: false.",
        },
      },
    },
    webFlow: {
      type: 'string',
      enum: [...WEB_FLOW_LEVELS],
      description:
        "Which commits may carry the signature of GitHub's own key, web-flow. Default: always, but never with allowed-signer.",
    },
    userPresence: {
      type: 'string',
      enum: ['required', 'optional'],
      description: 'Whether somebody must have touched the security key that signed. Default: required.',
    },
    expiredKeys: moment(
      'When a key must not have expired: at-signing, or also now. The moment of signing is the signer’s own word. Default: at-signing.',
    ),
    retiredKeys: moment(
      'When a key must not have been retired or replaced by its owner. One that was given away is never accepted. Default: now.',
    ),
  },
};

const SIGNER =
  /^(?:github:[A-Za-z0-9-]{1,60}(?:\[bot\])?|SHA256:[A-Za-z0-9+/]{43}|(?:openpgp|x509):[0-9A-Fa-f]{40,64}|principal:\S+|[^\s:]*@[^\s:]*)$/;

/** The setting by which a section asks for signatures; null when it asks for none. */
export function requirementIn({ require, paths }: SignaturePolicyFile): string | null {
  if (require !== undefined && require !== 'none') return `signatures.require: ${require}`;
  return paths === undefined || paths.length === 0 ? null : 'signatures.paths';
}

/** What a schema cannot say: groups that do not exist, signers that name nothing, places in each other's way. */
export function signatureProblems(
  path: string,
  file: SignaturePolicyFile,
  document: YamlDocument | undefined,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const note = (pointer: readonly string[], message: string): void => {
    const line = document?.rangeOf(['signatures', ...pointer], 'value').start.line ?? null;
    problems.push({ path, line, message });
  };
  const groups = Object.keys(file.groups ?? {});
  const isGroup = (name: string): boolean => groups.includes(name);
  for (const name of groups) {
    if (SIGNER.test(name))
      note(['groups', name], `\`${name}\` cannot be the name of a group: it names a signer`);
    for (const [index, signer] of (file.groups?.[name] ?? []).entries()) {
      if (!SIGNER.test(signer)) note(['groups', name, String(index)], `\`${signer}\` names no signer${HOW}`);
    }
  }
  for (const [index, signer] of (file.signers ?? []).entries()) {
    if (isGroup(signer) || SIGNER.test(signer)) continue;
    note(
      ['signers', String(index)],
      `\`${signer}\` is neither a group nor a signer${didYouMean(signer, groups) || HOW}`,
    );
  }
  for (const [index, one] of (file.paths ?? []).entries()) {
    for (const [at, name] of one.groups.entries()) {
      if (isGroup(name)) continue;
      note(
        ['paths', String(index), 'groups', String(at)],
        `there is no group \`${name}\`${didYouMean(name, groups)}`,
      );
    }
    for (const [at, glob] of one.paths.entries()) {
      const problem = globProblem(glob);
      if (problem !== null) note(['paths', String(index), 'paths', String(at)], problem);
    }
  }
  for (const [index, glob] of (file.tags ?? []).entries()) {
    const problem = globProblem(glob);
    if (problem !== null) note(['tags', String(index)], problem);
  }
  for (const message of placeProblems({ ...DEFAULT_KEY_PLACES, ...file.keys })) note(['keys'], message);
  return problems;
}

const HOW =
  '; write an address, `principal:NAME`, `github:LOGIN`, `SHA256:…`, `openpgp:FINGERPRINT` or `x509:FINGERPRINT`';

function placeProblems(places: KeyPlaces): string[] {
  const all = Object.values(places) as string[];
  const outside = all.filter((place) => place.split('/').some((part) => part === '.' || part === '..'));
  const nested = all.filter((place, index) =>
    all.some((other, at) => at !== index && (place === other || place.startsWith(`${other}/`))),
  );
  return [
    ...outside.map((place) => `\`${place}\` is no place in the repository`),
    ...nested.slice(0, 1).map((place) => `\`${place}\` is, or stands in, the place of other keys`),
  ];
}
