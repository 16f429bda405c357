import type { FileRule, JudgedFile, KindOf, Problem, RuleContext } from '../../engine/rule.ts';
import { isExposed } from '../../manifests/credentials/exposed.ts';
import type { LineCredential } from '../../manifests/credentials/lines.ts';
import { credentialsInLoginFile } from '../../manifests/credentials/login-files.ts';
import { parseEmbedded } from '../../manifests/credentials/parse.ts';
import { kindOfSecretKey } from '../../manifests/credentials/secret-kind.ts';
import { exposedSecretsIn } from '../../manifests/credentials/secret-objects.ts';
import { credentialsIn } from '../../manifests/credentials/walk.ts';
import { KUSTOMIZATION_GLOBS } from '../../manifests/kustomization.ts';
import { isRecord } from '../../manifests/manifest.ts';
import type { PlainKey } from '../../manifests/plain-secret.ts';
import type { Range } from '../../manifests/position.ts';
import { isSopsEncrypted, sopsMetadataOf } from '../../manifests/sops-file.ts';
import type { YamlDocument } from '../../manifests/yaml-document.ts';
import { adviceOn } from '../support/credential-advice.ts';
import { generatorSourceOf, type GeneratorSource } from '../support/generator-sources.ts';
import { secretProblem } from '../support/secret-problems.ts';
import { shellWord } from '../support/shell.ts';
import { sopsConfigFor, SOPS_CONFIG_GLOBS } from '../support/sops-context.ts';
import { isEncryptedOtherwise, isObject } from '../support/sops-demand.ts';

const SOURCE =
  '`{path}` is what the generator of Secret `{name}` in `{kustomization}` reads, and it is not encrypted: {what}. Anyone ' +
  'who can read this repository can read it, and it stays in the history.';

export const noCredentialInFile: FileRule = {
  scope: 'file',
  context: [...KUSTOMIZATION_GLOBS, ...SOPS_CONFIG_GLOBS],
  judge(file, context) {
    if (isEncryptedOtherwise(file) || isSopsEncrypted(file)) return [];
    const source = generatorSourceOf(file.path, context.snapshot);
    const generated = source === null ? [] : sourceProblems(file, source, context);
    if (generated.length > 0 || file.text === null) return generated;
    const logins = credentialsInLoginFile(file.path, file.text);
    if (logins !== null) return lineProblems(file, logins, context.kindOf);
    return documentsOf(file).flatMap((document) => documentProblems(file, document, context));
  },
};

const VALUES =
  /(?:^|[/._-])values(?:[._-][\w.-]*)?\.(?:ya?ml|json)$|(?:^|\/)(?:helm-)?values\/[^/]+\.(?:ya?ml|json)$/i;
const LOGINS = /\bclient-key-data\b|\bclient-certificate-data\b|"auths"|\bauths:|\bcurrent-context\b/;
/** What editors and people leave behind (`secret.yaml.bak`), and what other tools render (`secret.yaml.tpl`). */
const COPY = /\.(?:ya?ml|json)(?:~|[._-][\w-]{1,20}~?)$/i;
const SAMPLE = /[._-](?:example|sample|dist)$/i;
/** Files without an extension, and those for any text. */
const UNTYPED = /(?:^|\/)(?:[^/.]+|[^/]+\.(?:txt|text|conf|cfg|secret|manifest|k8s))$/i;
const SECRET_KIND = /\bkind["']?[ \t]{0,20}:[ \t]{0,20}["']?(?:Secret|List)/;

/** Whether the text holds a Secret for `kubectl`, which does not look at names. */
function couldBeManifests(path: string, text: string): boolean {
  if (SAMPLE.test(path)) return false;
  return COPY.test(path) ? /\bSecret\b/.test(text) : UNTYPED.test(path) && SECRET_KIND.test(text);
}

/** Settings of Terraform as JSON, and its logins. */
const TERRAFORM = /\.tfvars\.json$|\.tfrc\.json$/;

/** What is looked into as a whole: Helm values, logins in any file, and patches that name no object. */
function documentsOf({ path, text, yaml }: JudgedFile): readonly YamlDocument[] {
  if (text === null) return [];
  if (yaml === null) {
    if (couldBeManifests(path, text)) {
      const objects = (parseEmbedded(text)?.documents ?? []).filter(({ value }) => isObject(value));
      if (objects.length > 0) return objects;
    }
    const login = LOGINS.test(text) && /^\s*(?:[{"'#-]|[\w-]+:)/.test(text);
    return login ? (parseEmbedded(text)?.documents ?? []).filter(({ value }) => isLogin(value)) : [];
  }
  return yaml.documents.filter(
    ({ value }) =>
      !isObject(value) &&
      (isLogin(value) || isPatch(value) || ((VALUES.test(path) || TERRAFORM.test(path)) && isRecord(value))),
  );
}

/** A kubeconfig or a Docker configuration. */
function isLogin(value: unknown): boolean {
  return (
    isRecord(value) &&
    (isRecord(value['auths']) || (Array.isArray(value['users']) && Array.isArray(value['clusters'])))
  );
}

/** Operations of a JSON patch. */
function isPatch(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    (value as unknown[]).every(
      (item) => isRecord(item) && typeof item['op'] === 'string' && typeof item['path'] === 'string',
    )
  );
}

function documentProblems(
  file: JudgedFile,
  document: YamlDocument,
  { snapshot, kindOf }: RuleContext,
): Problem[] {
  if (sopsMetadataOf(document) !== null) return [];
  const usesSops = sopsConfigFor(file.path, snapshot) !== null;
  const within = (pointer: readonly string[], inner: Range | null): Range =>
    (inner === null ? null : document.rangeWithin?.(pointer, inner)) ?? document.rangeOf(pointer, 'key');
  const secrets = exposedSecretsIn(document.value).map((one): Problem => {
    const problem = secretProblem(one, { path: file.path, usesSops, kindOf });
    const { what = '' } = problem.values ?? {};
    return credential(
      file,
      within(one.place, one.inner),
      one.key,
      what,
      one.value,
      problem.remediation ?? '',
    );
  });
  const settings = isLogin(document.value) || TERRAFORM.test(file.path);
  const others = credentialsIn(document.value, settings ? 'setting' : 'field').map((one): Problem => {
    const { what, rotate } = adviceOn(one.kind, one.value, kindOf);
    const mend = mendFile(file.path, isLogin(document.value), usesSops);
    return credential(
      file,
      within(one.pointer, one.inner),
      one.key,
      what,
      one.value,
      `Rotate it ${rotate}. ${mend}`,
    );
  });
  return [...secrets, ...others];
}

function lineProblems(
  file: JudgedFile,
  found: readonly LineCredential[],
  kindOf: KindOf | undefined,
): Problem[] {
  return found.map(({ key, kind, value, range }) => {
    const { what, rotate } = adviceOn(kind, value, kindOf);
    return credential(
      file,
      range,
      key,
      what,
      value,
      `Rotate it ${rotate}. ${mendFile(file.path, false, true)}`,
    );
  });
}

function credential(
  file: JudgedFile,
  range: Range,
  key: string,
  what: string,
  judged: unknown,
  remediation: string,
): Problem {
  return {
    range,
    judged,
    values: { path: file.path, setting: key === '' ? '(unnamed)' : key, what },
    remediation,
  };
}

function mendFile(path: string, login: boolean, usesSops: boolean): string {
  if (login) return 'Then take the file out of the repository, or put it into a Secret that is encrypted.';
  return usesSops
    ? `Then run \`sops --encrypt --in-place ${shellWord(path)}\`, or refer to a Secret by its name instead.`
    : 'Then refer to a Secret by its name instead (many charts have `existingSecret`), one that is encrypted or filled from a store.';
}

/** One problem for a file that becomes a Secret as it stands, at the first thing in it that is readable. */
function sourceProblems(file: JudgedFile, source: GeneratorSource, { kindOf }: RuleContext): Problem[] {
  const first = source.form === 'envs' ? firstLine(file.text ?? '') : wholeFile(file, source.key);
  if (first === null) return [];
  const { what, rotate } = adviceOn(kindOfSecretKey(null, first.key), first.key.value, kindOf);
  return [
    {
      range: first.range,
      judged: file.text ?? file.version.oid,
      message: SOURCE,
      values: { path: file.path, name: source.secret, kustomization: source.kustomization, what },
      remediation:
        `Rotate it ${rotate}. Then encrypt the file with \`sops --encrypt --in-place ${shellWord(file.path)}\`, for Flux or ksops to ` +
        'decrypt, or commit an ExternalSecret or a SealedSecret instead of the generator.',
    },
  ];
}

interface FirstReadable {
  readonly key: PlainKey;
  readonly range: Range;
}

function firstLine(text: string): FirstReadable | null {
  for (const [index, line] of text.split('\n').entries()) {
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]{0,200})=(.*?)\r?$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const key = plainKey(name, value.replace(/^(["'])(.*)\1$/, '$2'));
    if (isExposed(key)) return { key, range: lineRange(index + 1, line.length) };
  }
  return null;
}

function wholeFile({ text }: JudgedFile, name: string): FirstReadable | null {
  const range = lineRange(1, text?.split('\n', 1)[0]?.length ?? 0);
  // What is no text is a key store, or another file that only makes sense in a Secret because it is secret.
  if (text === null) return { key: plainKey(name, ''), range };
  const key = plainKey(name, text);
  return text.trim() !== '' && isExposed(key) && !isPublicFile(text) ? { key, range } : null;
}

function isPublicFile(text: string): boolean {
  return /^\s*-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(text) && !text.includes('PRIVATE KEY');
}

function plainKey(key: string, value: string): PlainKey {
  return { pointer: [key], field: 'stringData', key, value };
}

function lineRange(line: number, length: number): Range {
  return { start: { line, column: 1 }, end: { line, column: length + 1 } };
}
