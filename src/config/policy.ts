import { createHash } from 'node:crypto';
import { levelOf } from '../engine/active-rules.ts';
import type { DEFAULT_ENVIRONMENT_NAMES } from '../engine/environments.ts';
import type { PolicyFile } from '../engine/policy-file.ts';
import {
  NO_SETTING,
  PROFILES,
  type EnvironmentSelector,
  type Policy,
  type RuleSetting,
} from '../engine/policy.ts';
import { DEFAULT_POSTURE } from '../engine/posture-policy.ts';
import type { RuleDefinition } from '../engine/rule.ts';
import { raiseEnvironments } from './floor-environments.ts';
import { forceOf } from './floor-force.ts';
import { toPosturePolicy } from './posture-policy.ts';
import { DEFAULT_PUSHES, raisePushes, toPushPolicy } from './push-policy.ts';
import {
  DEFAULT_COMMENTS,
  DEFAULT_REPORTS,
  raiseReports,
  toCommentPolicy,
  toReportPolicy,
} from './conduct-policy.ts';
import { DEFAULT_SECRETS, raiseSecrets, toSecretPolicy } from './secret-policy.ts';
import {
  asksForSignatures,
  DEFAULT_SIGNATURES,
  raiseSignatures,
  stricter,
  toSignaturePolicy,
} from './signature-policy.ts';
import { DEFAULT_WAIVERS, raiseWaivers, toWaiverPolicy } from './waiver-policy.ts';

/** The environments that a repository without a policy has: by folder, file, cluster or namespace name. */
const DEFAULT_ENVIRONMENTS: ReadonlyMap<string, EnvironmentSelector> = new Map(
  Object.entries({
    production: ['prod', 'production', 'prd', 'live'],
    staging: ['staging', 'stage', 'stg', 'preprod', 'preproduction', 'preprd'],
    development: ['dev', 'development', 'test', 'testing', 'qa', 'sandbox', 'nonprod'],
  } satisfies Record<(typeof DEFAULT_ENVIRONMENT_NAMES)[number], readonly string[]>).map(([name, words]) => [
    name,
    { words, paths: [], clusters: [], kubernetes: [] },
  ]),
);

/** What holds without any policy file. */
export const DEFAULT_POLICY: Policy = {
  profile: 'recommended',
  mode: 'enforce',
  rules: new Map(),
  exclude: [],
  environments: DEFAULT_ENVIRONMENTS,
  kubernetes: [],
  protectedBranches: [],
  pushes: DEFAULT_PUSHES,
  signatures: DEFAULT_SIGNATURES,
  secrets: DEFAULT_SECRETS,
  posture: DEFAULT_POSTURE,
  waivers: DEFAULT_WAIVERS,
  comments: DEFAULT_COMMENTS,
  reports: DEFAULT_REPORTS,
  notChecked: 'fail',
};

/** What asks for nothing, but for its rules: those are as their profile says. */
export const WEAKEST_POLICY: Policy = {
  ...DEFAULT_POLICY,
  profile: 'essential',
  mode: 'report',
  environments: new Map(),
  signatures: {
    ...DEFAULT_SIGNATURES,
    identity: 'none',
    githubVerdict: true,
    githubAccountKeys: true,
    webFlow: 'always',
    userPresence: 'optional',
    expiredKeys: 'at-signing',
    retiredKeys: 'at-signing',
  },
  secrets: { ...DEFAULT_SECRETS, kinds: new Map([['*', 'off']]), decodeDepth: 0, inlineAllow: true },
  notChecked: 'warn',
};

const NO_CONDITION = { paths: [], environments: [], kinds: [], namespaces: [] };

/** The policy that a file alone asks for. */
export function toPolicy(file: PolicyFile): Policy {
  const rules = new Map<string, RuleSetting>(
    Object.entries(file.rules ?? {}).map(([id, setting]) => [
      id,
      typeof setting === 'string'
        ? { ...NO_SETTING, severity: setting }
        : {
            ...NO_SETTING,
            severity: setting.severity ?? null,
            exclude: setting.exclude ?? [],
            parameters: new Map(Object.entries(setting.parameters ?? {})),
            overrides: (setting.overrides ?? []).map((one) => ({ ...NO_CONDITION, ...one })),
          },
    ]),
  );
  const signatures = toSignaturePolicy(file.signatures);
  const signed = rules.get('signed-commits');
  if (asksForSignatures(signatures) && (signed?.severity ?? null) === null) {
    rules.set('signed-commits', { ...NO_SETTING, ...signed, severity: 'error' });
  }
  const environments = Object.entries(file.environments ?? {});
  return {
    profile: file.profile ?? DEFAULT_POLICY.profile,
    mode: file.mode ?? DEFAULT_POLICY.mode,
    rules,
    exclude: file.exclude ?? [],
    environments:
      file.environments === undefined
        ? DEFAULT_ENVIRONMENTS
        : new Map(
            environments.map(([name, one]) => [
              name,
              { paths: one.paths ?? [], clusters: one.clusters ?? [], kubernetes: one.kubernetes ?? [] },
            ]),
          ),
    kubernetes: file.kubernetes ?? [],
    protectedBranches: file.branches?.protected ?? [],
    pushes: toPushPolicy(file.pushes),
    signatures,
    secrets: toSecretPolicy(file.secrets ?? {}),
    posture: toPosturePolicy(file.posture),
    waivers: toWaiverPolicy(file.waivers ?? {}),
    comments: toCommentPolicy(file.comments),
    reports: toReportPolicy(file.reports),
    notChecked: file.notChecked ?? DEFAULT_POLICY.notChecked,
  };
}

/**
 * Raises a policy to the organisation's floor. Only what the floor states counts; a repository may be stricter,
 * never weaker.
 */
export function applyFloor(
  policy: Policy,
  floorFile: PolicyFile,
  definitions: readonly RuleDefinition[],
): Policy {
  const floor = toPolicy(floorFile);
  const force = forceOf(floorFile);
  const rules = new Map(policy.rules);
  for (const definition of definitions) {
    const stated = floorFile.profile !== undefined || floor.rules.has(definition.id);
    if (!stated) continue;
    const wanted = levelOf(definition, floor);
    const { exclude, parameters, overrides } = floor.rules.get(definition.id) ?? NO_SETTING;
    if (wanted === 'off' && overrides.every(({ severity }) => severity === 'off')) continue;
    const own = policy.rules.get(definition.id) ?? NO_SETTING;
    rules.set(definition.id, {
      severity: own.severity,
      exclude,
      parameters: new Map([...own.parameters, ...parameters]),
      overrides: own.overrides,
      enforced: true,
      least: { severity: wanted, stated: floor.rules.get(definition.id)?.severity != null, overrides },
    });
  }
  return {
    profile: stricter(policy.profile, floorFile.profile ?? policy.profile, PROFILES),
    mode: force.mode ?? policy.mode,
    rules,
    exclude: policy.exclude,
    environments: raiseEnvironments(policy.environments, floor, floorFile, definitions),
    kubernetes: [...new Set([...policy.kubernetes, ...floor.kubernetes])],
    protectedBranches: [...new Set([...policy.protectedBranches, ...floor.protectedBranches])],
    pushes: raisePushes(policy.pushes, floorFile.pushes),
    signatures: raiseSignatures(policy.signatures, floorFile.signatures),
    secrets:
      floorFile.secrets === undefined ? policy.secrets : raiseSecrets(policy.secrets, floorFile.secrets),
    // It decides nothing about a change.
    posture: policy.posture,
    waivers: raiseWaivers(policy.waivers, floorFile.waivers ?? {}),
    comments: policy.comments,
    reports: raiseReports(policy.reports, floorFile.reports),
    notChecked: force.notChecked ?? policy.notChecked,
  };
}

/** Hex SHA-256 over everything that decides a verdict: policy and rules. */
export function policyHash(policy: Policy, rulesHash: string): string {
  const plain = JSON.stringify([policy, rulesHash], (_key, value: unknown) =>
    value instanceof Map
      ? [...(value as Map<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : 1))
      : value instanceof Set
        ? [...(value as Set<string>)].sort()
        : value,
  );
  return createHash('sha256').update(plain).digest('hex');
}
