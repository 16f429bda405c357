import type { Location as SarifLocation, Log, Region, ReportingDescriptor, Result } from 'sarif';
import type { Finding, Location, Severity } from '../engine/finding.ts';
import type { Report } from '../engine/report.ts';
import type { RuleDefinition } from '../engine/rule.ts';
import type { Range } from '../manifests/position.ts';
import { stringifyVisibly } from './json.ts';
import { encodePath, placeOf } from './plain.ts';
import { approvalOf } from './waived.ts';

export interface SarifOptions {
  readonly rules: readonly RuleDefinition[];
  readonly version: string;
  readonly urlOf: (ruleId: string) => string | null;
}

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<
  Severity,
  string
>;
const ROOT = '%SRCROOT%';

/** SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function renderSarif(report: Report, options: SarifOptions): string {
  return `${stringifyVisibly(toSarif(report, options))}\n`;
}

export function toSarif(report: Report, { rules, version, urlOf }: SarifOptions): Log {
  const descriptors = rules.map((rule): ReportingDescriptor => {
    const url = urlOf(rule.id);
    return {
      id: rule.id,
      shortDescription: { text: rule.summary },
      help: { text: rule.remediation },
      ...(url === null ? {} : { helpUri: url }),
      defaultConfiguration: { level: LEVELS[rule.severity] },
    };
  });
  const indexOf = new Map(rules.map((rule, index) => [rule.id, index]));
  const toResult = (finding: Finding): Result => resultOf(finding, indexOf.get(finding.ruleId));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'gitops-warden', version, semanticVersion: version, rules: descriptors } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
        invocations: [
          {
            executionSuccessful: report.failures.length === 0 && report.configProblems.length === 0,
            toolExecutionNotifications: [
              ...report.failures.map(({ ruleId, path, reason }) => ({
                level: 'error' as const,
                message: { text: `Rule ${ruleId} could not run: ${reason}` },
                ...(path === null ? {} : { locations: [fileLocation({ path, range: null })] }),
              })),
              ...report.notChecked.map(({ path, reason, blocks }) => ({
                level: blocks ? ('error' as const) : ('note' as const),
                message: { text: `Not checked: ${path} ${reason}` },
                locations: [fileLocation({ path, range: null })],
              })),
            ],
            toolConfigurationNotifications: report.configProblems.map(({ path, line, message }) => ({
              level: 'error' as const,
              message: { text: line === null ? `${path}: ${message}` : `${path}:${line}: ${message}` },
            })),
          },
        ],
        results: [
          ...report.findings.map(toResult),
          ...report.waived.map((waived) => ({
            ...toResult(waived.finding),
            suppressions: [
              {
                kind: waived.origin === 'inline' ? ('inSource' as const) : ('external' as const),
                status: 'accepted' as const,
                justification: `${waived.reason} (${approvalOf(waived)})`,
              },
            ],
          })),
        ],
      },
    ],
  };
}

function resultOf(finding: Finding, ruleIndex: number | undefined): Result {
  return {
    ruleId: finding.ruleId,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVELS[finding.severity],
    message: { text: finding.message },
    locations: [locationOf(finding)],
    partialFingerprints: { 'gitopsWarden/v1': finding.fingerprint },
    baselineState: finding.introduced ? 'new' : 'unchanged',
    ...(finding.related.length === 0
      ? {}
      : {
          relatedLocations: finding.related.map(({ message, location }, index) => ({
            id: index,
            message: { text: message },
            ...fileLocation(location),
          })),
        }),
  };
}

/** A finding about a commit, a push, or a file in an earlier commit has no place in the head: it is named instead. */
function locationOf(finding: Finding): SarifLocation {
  const { subject } = finding;
  if (subject.type !== 'file') {
    return { logicalLocations: [{ fullyQualifiedName: placeOf(finding), kind: subject.type }] };
  }
  const named = subject.object === null ? [] : [objectName(subject.object)];
  const logical = subject.commit === null ? named : [placeOf(finding), ...named];
  return {
    ...(subject.commit === null ? fileLocation(subject) : {}),
    ...(logical.length === 0
      ? {}
      : { logicalLocations: logical.map((fullyQualifiedName) => ({ fullyQualifiedName, kind: 'object' })) }),
  };
}

function objectName(object: { kind: string | null; namespace: string | null; name: string | null }): string {
  return [object.kind, object.namespace, object.name].filter((part) => part !== null).join('/');
}

function fileLocation({ path, range }: Location): SarifLocation {
  return {
    physicalLocation: {
      artifactLocation: { uri: encodePath(path), uriBaseId: ROOT },
      ...(range === null ? {} : { region: regionOf(range) }),
    },
  };
}

function regionOf({ start, end }: Range): Region {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}
