import type { Signature } from '../engine/change.ts';
import type { Finding, ObjectRef, Severity } from '../engine/finding.ts';
import type {
  Conclusion,
  FileSample,
  Reach,
  Report,
  SopsChange,
  Stats,
  WaivedFinding,
} from '../engine/report.ts';
import type { Range } from '../manifests/position.ts';
import { visible } from './plain.ts';

/** The report as scripts read it: schemas/report.v1.json. A change to it needs a new major version. */
export interface JsonReport {
  readonly version: 1;
  readonly conclusion: Conclusion;
  readonly base: string | null;
  readonly head: string | null;
  readonly mergeBase: string | null;
  readonly policy: { readonly source: string; readonly hash: string };
  readonly findings: readonly JsonFinding[];
  readonly waived: readonly JsonWaived[];
  readonly failures: readonly { ruleId: string; path: string | null; reason: string }[];
  readonly notChecked: readonly { path: string; reason: string }[];
  readonly commits: readonly JsonCommit[];
  readonly reach: Reach;
  readonly sops: SopsChange | null;
  readonly stats: Stats;
}

export interface JsonFinding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly introduced: boolean;
  readonly message: string;
  readonly path: string | null;
  readonly object: ObjectRef | null;
  readonly range: Range | null;
  readonly commit: string | null;
  readonly related: readonly { message: string; path: string; range: Range | null }[];
  readonly fingerprint: string;
  readonly url: string | null;
  /** Of a finding about a credential. */
  readonly secret: { kind: string; length: number; fingerprint: string | null } | null;
}

export interface JsonWaived extends JsonFinding {
  readonly reason: string;
  readonly approver: string;
  readonly until: string | null;
  readonly origin: WaivedFinding['origin'];
  readonly scope: WaivedFinding['scope'];
}

export interface JsonCommit {
  readonly sha: string;
  readonly signature: JsonSignature;
}

export type JsonSignature = Pick<Signature, 'state' | 'kind' | 'signer' | 'reason'>;

export function toJsonSignature({ state, kind, signer, reason }: Signature): JsonSignature {
  return { state, kind, signer, reason };
}

export function toJsonReport(report: Report): JsonReport {
  return {
    version: 1,
    conclusion: report.conclusion,
    base: report.base,
    head: report.head,
    mergeBase: report.mergeBase,
    policy: { source: report.policy.source, hash: report.policy.hash },
    findings: report.findings.map(toJsonFinding),
    waived: report.waived.map(({ finding, reason, approver, until, origin, scope }) => ({
      ...toJsonFinding(finding),
      reason,
      approver,
      until,
      origin,
      scope,
    })),
    failures: report.failures.map(({ ruleId, path, reason }) => ({ ruleId, path, reason })),
    notChecked: [
      ...report.configProblems.map(({ path, line, message }) => ({
        path,
        reason: `mistake in the configuration, so it is not applied: ${line === null ? '' : `line ${line}: `}${message}`,
      })),
      ...report.notChecked.map(({ path, reason }) => ({ path, reason })),
    ],
    commits: report.commits.map(({ sha, signature }) => ({ sha, signature: toJsonSignature(signature) })),
    reach: {
      applications: report.reach.applications,
      clusters: report.reach.clusters,
      environments: report.reach.environments,
    },
    sops: toJsonSops(report.sops),
    stats: {
      files: report.stats.files,
      manifests: report.stats.manifests,
      commits: report.stats.commits,
      milliseconds: report.stats.milliseconds,
    },
  };
}

function toJsonSops(sops: SopsChange | null): SopsChange | null {
  if (sops === null) return null;
  const sample = ({ count, paths }: FileSample): FileSample => ({ count, paths });
  return {
    configs: sops.configs.map(({ path, change }) => ({ path, change })),
    access: sops.access.map(({ recipient, change, files }) => ({ recipient, change, files: sample(files) })),
    rekey: sample(sops.rekey),
    reencrypt: sample(sops.reencrypt),
    withoutRule: sample(sops.withoutRule),
    plainWithoutRule: sample(sops.plainWithoutRule),
    remarks: sops.remarks.map(({ path, line, text }) => ({ path, line, text })),
    incomplete: sops.incomplete,
  };
}

export function renderJson(report: Report): string {
  return `${stringifyVisibly(toJsonReport(report))}\n`;
}

/** JSON in which invisible characters are written as `\uXXXX`, which is the same value and harmless in a terminal. */
export function stringifyVisibly(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => (visible(line) === line ? line : escapeInvisible(line)))
    .join('\n');
}

function escapeInvisible(line: string): string {
  return Array.from(line, (char) => (visible(char) === char ? char : toUnicodeEscapes(char))).join('');
}

function toUnicodeEscapes(char: string): string {
  return Array.from(
    { length: char.length },
    (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

function toJsonFinding({
  ruleId,
  severity,
  introduced,
  message,
  subject,
  related,
  fingerprint,
  url,
  secret = null,
}: Finding): JsonFinding {
  const file = subject.type === 'file' ? subject : null;
  return {
    ruleId,
    severity,
    introduced,
    message,
    path: file?.path ?? null,
    object: toJsonObject(file?.object ?? null),
    range: toJsonRange(file?.range ?? null),
    commit: subject.commit,
    related: related.map((item) => ({
      message: item.message,
      path: item.location.path,
      range: toJsonRange(item.location.range),
    })),
    fingerprint,
    url,
    secret:
      secret === null ? null : { kind: secret.kind, length: secret.length, fingerprint: secret.fingerprint },
  };
}

function toJsonObject(object: ObjectRef | null): ObjectRef | null {
  if (object === null) return null;
  const { apiVersion, kind, namespace, name } = object;
  return { apiVersion, kind, namespace, name };
}

function toJsonRange(range: Range | null): Range | null {
  if (range === null) return null;
  const { start, end } = range;
  return {
    start: { line: start.line, column: start.column },
    end: { line: end.line, column: end.column },
  };
}
