import type { AllowlistData, RuleSetData, SecretRuleData } from '../rule-set.ts';
import { KINDS } from './index.ts';

const list = (parts: Partial<AllowlistData>): AllowlistData => ({
  condition: 'or',
  commits: [],
  paths: [],
  regexTarget: 'secret',
  regexes: [],
  stopwords: [],
  ...parts,
});

/** Files that people do not write, whose every second line looks like a secret. */
const GENERATED = list({
  paths: [
    '(?:^|/)\\.gitleaks\\.toml$',
    '(?:^|/)(?:package-lock\\.json|npm-shrinkwrap\\.json|pnpm-lock\\.yaml|yarn\\.lock|bun\\.lock|deno\\.lock)$',
    '(?:^|/)(?:go\\.(?:mod|sum|work\\.sum)|Cargo\\.lock|poetry\\.lock|Pipfile\\.lock|uv\\.lock|composer\\.lock|Gemfile\\.lock)$',
    '(?:^|/)(?:Chart\\.lock|\\.terraform\\.lock\\.hcl|gradle\\.lockfile|verification-metadata\\.xml)$',
    '(?:^|/)node_modules/',
    '(?i)\\.(?:png|jpe?g|gif|webp|ico|bmp|tiff?|svg|woff2?|[ot]tf|eot|pdf|docx?|xlsx?|pptx?)$',
  ],
});

/** Values that something else fills in, and words that stand for no value. */
const PLACEHOLDERS = list({
  regexes: [
    '(?i)^(?:true|false|null|none|nil|undefined|changeme|redacted|example|placeholder)$',
    '^(?:\\$\\{?[\\w.:-]+\\}?|\\$\\([\\w.-]+\\)|%\\w+%|@\\w+@|<[^<>]*>|\\{\\{.*\\}\\}|\\$\\{\\{.*\\}\\})$',
    '(?i)^(?:x+|\\*+|\\.+|-+|0+|1+|a+|(?:abc|123|xyz)+)$',
    '(?i)(?:example|x{6,}|\\*{4,}|(?:your|my)[_-](?:token|key|secret|password)|0123456789|1234567890|abcdefghij)',
    '^(?:ENC\\[|ref\\+|vault:|op://)',
  ],
});

const WORD = '(?:[A-Za-z]+[0-9]{0,3}|[0-9]{1,4})';
/** What a name of a field promises: with digits at least, and not a name, a path or a version itself. */
const NAMES = list({
  regexes: ['^[A-Za-z_.=+/~-]+$', `^[./]{0,3}${WORD}(?:[-_./=+~]+${WORD})*[./]?$`],
});
const REFERENCES = list({
  condition: 'or',
  regexTarget: 'match',
  regexes: [
    '(?i)(?:_?(?:file|path|dir|url|uri|name|ref|arn|version|sha(?:256)?|digest|checksum|existing[_-]?secret))["\'\\x60]?[ \\t]*[=:]',
  ],
});

/** Annotations such as `checksum/secret`, by which a workload notices that its Secret has changed. */
const CHECKSUMS = list({
  regexTarget: 'line',
  regexes: ['(?i)(?:checksum|digest|sha(?:1|256|512)|hash|fingerprint|revision)[\\w./-]*["\']?[ \\t]*[=:]'],
});

/** The catalogue as rules; what `useDefault` means in a rule file. */
export function catalogueRules(): RuleSetData {
  const rules = [...KINDS.values()].map((kind): SecretRuleData => ({
    id: kind.id,
    description: kind.title,
    regex: kind.pattern,
    path: kind.path,
    secretGroup: kind.secretGroup,
    entropy: kind.entropy,
    keywords: kind.keywords,
    tags: [],
    skipReport: false,
    required: [],
    allowlists: kind.byName ? [NAMES, REFERENCES, CHECKSUMS] : [],
    enforced: false,
  }));
  return { rules, allowlists: [GENERATED, PLACEHOLDERS] };
}
