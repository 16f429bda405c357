import { globs, level } from './policy-schema-parts.ts';
import type { Level } from './policy.ts';

/** The section `secrets`, as it is written. */
export interface SecretsSection {
  exclude?: string[];
  kinds?: Record<string, Level>;
  allow?: { fingerprint: string; reason: string; until?: string }[];
  rules?: string[];
  baseline?: string;
  entropy?: Record<string, number>;
  decodeDepth?: number;
  inlineAllow?: boolean;
  corrections?: { anchoredAllowlists?: boolean; remoteReferences?: boolean };
}

const repositoryPath = {
  type: 'string',
  minLength: 1,
  maxLength: 500,
  not: { pattern: '^/|(^|/)\\.\\.(/|$)' },
};

/** JSON Schema of the section `secrets`. */
export const SECRETS_SCHEMA = {
  type: 'object',
  description: 'How credentials are looked for.',
  additionalProperties: false,
  properties: {
    exclude: globs('Globs of paths that are not searched for credentials.'),
    kinds: {
      type: 'object',
      description: 'Levels by the id of a kind, such as github-pat; * stands for all others.',
      additionalProperties: level,
    },
    allow: {
      type: 'array',
      description: 'Secrets that are known and lived with. Applies where FINGERPRINT_KEY is set.',
      maxItems: 1000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['fingerprint', 'reason'],
        properties: {
          fingerprint: {
            type: 'string',
            pattern: '^hmac:[0-9a-f]{32}$',
            description: 'As a finding shows it.',
          },
          reason: { type: 'string', minLength: 1, maxLength: 500, description: 'Why it may stay.' },
          until: {
            type: 'string',
            pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
            description: 'The last day on which it may stay, as YYYY-MM-DD.',
          },
        },
      },
    },
    rules: {
      type: 'array',
      description: 'Further rule files in the format of gitleaks, by their path in the repository.',
      items: repositoryPath,
      maxItems: 20,
    },
    baseline: { ...repositoryPath, description: 'A JSON report of gitleaks whose findings are known.' },
    entropy: {
      type: 'object',
      description: 'Thresholds by the id of a kind, in bits a character: a secret must have more.',
      additionalProperties: { type: 'number', minimum: 0, maximum: 8 },
    },
    decodeDepth: {
      type: 'integer',
      minimum: 0,
      maximum: 10,
      description: 'How many encodings, one around the other, are undone.',
    },
    inlineAllow: {
      type: 'boolean',
      description:
        'Whether a comment gitleaks:allow in a line counts. When not set, it counts in a scan and not in the review of a change, whose author could allow a secret of his own with it.',
    },
    corrections: {
      type: 'object',
      description: 'What the rule files of gitleaks are known to get wrong; each is mended unless false.',
      additionalProperties: false,
      properties: {
        anchoredAllowlists: {
          type: 'boolean',
          description: '^true|false$ in an allowlist means two words, not every secret with false in it.',
        },
        remoteReferences: {
          type: 'boolean',
          description:
            'Generic rules stay silent on the paths by which an ExternalSecret names what it fetches.',
        },
      },
    },
  },
};
