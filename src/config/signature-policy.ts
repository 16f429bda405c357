import {
  IDENTITY_MATCHES,
  SIGNATURE_REQUIREMENTS,
  WEB_FLOW_LEVELS,
  type IdentityMatch,
  type SignaturePolicy,
  type WebFlow,
} from '../engine/policy.ts';
import { DEFAULT_KEY_PLACES, type SignaturePolicyFile } from '../engine/signature-policy-file.ts';

/** What holds without any policy file. */
export const DEFAULT_SIGNATURES: SignaturePolicy = {
  require: 'none',
  keys: DEFAULT_KEY_PLACES,
  signers: [],
  paths: [],
  tags: [],
  identity: 'committer',
  githubVerdict: null,
  githubAccountKeys: false,
  webFlow: null,
  userPresence: 'required',
  expiredKeys: 'at-signing',
  retiredKeys: 'now',
};

/** Whether anything is asked of signatures. */
export function asksForSignatures(policy: SignaturePolicy): boolean {
  return policy.require !== 'none' || policy.paths.length > 0;
}

/** The section of a policy file, with its groups resolved and its defaults filled in. */
export function toSignaturePolicy(file: SignaturePolicyFile = {}): SignaturePolicy {
  const groups = new Map(Object.entries(file.groups ?? {}));
  const membersOf = (names: readonly string[]): string[] =>
    names.flatMap((name) => groups.get(name) ?? [name]);
  return {
    require: file.require ?? DEFAULT_SIGNATURES.require,
    keys: { ...DEFAULT_KEY_PLACES, ...file.keys },
    signers: file.signers === undefined ? [] : [membersOf(file.signers)],
    paths: (file.paths ?? []).map((one) => ({
      paths: one.paths,
      groups: one.groups,
      signers: membersOf(one.groups),
    })),
    tags: file.tags ?? [],
    identity: file.identity ?? DEFAULT_SIGNATURES.identity,
    githubVerdict: file.github?.verdict ?? null,
    githubAccountKeys: file.github?.accountKeys ?? DEFAULT_SIGNATURES.githubAccountKeys,
    webFlow: file.webFlow ?? null,
    userPresence: file.userPresence ?? DEFAULT_SIGNATURES.userPresence,
    expiredKeys: file.expiredKeys ?? DEFAULT_SIGNATURES.expiredKeys,
    retiredKeys: file.retiredKeys ?? DEFAULT_SIGNATURES.retiredKeys,
  };
}

/** Raises a repository's section to that of the floor. Only what the floor states counts. */
export function raiseSignatures(own: SignaturePolicy, floorFile: SignaturePolicyFile = {}): SignaturePolicy {
  const floor = toSignaturePolicy(floorFile);
  return {
    require: stricter(own.require, floor.require, SIGNATURE_REQUIREMENTS),
    keys: { ...own.keys, ...floorFile.keys },
    signers: [...own.signers, ...floor.signers],
    paths: [...own.paths, ...floor.paths],
    tags: [...own.tags, ...floor.tags],
    identity:
      floorFile.identity === undefined ? own.identity : joinIdentity(own.identity, floorFile.identity),
    githubVerdict: floor.githubVerdict === false ? false : own.githubVerdict,
    githubAccountKeys: floorFile.github?.accountKeys === false ? false : own.githubAccountKeys,
    webFlow: raiseWebFlow(own.webFlow, floor),
    userPresence: floorFile.userPresence === 'required' ? 'required' : own.userPresence,
    expiredKeys: floorFile.expiredKeys === 'now' ? 'now' : own.expiredKeys,
    retiredKeys: floorFile.retiredKeys === 'now' ? 'now' : own.retiredKeys,
  };
}

/** Who asks for signers and says nothing of GitHub's own key does not let it sign, and that holds for a floor too. */
function raiseWebFlow(own: WebFlow | null, floor: SignaturePolicy): WebFlow | null {
  const asksForPeople =
    floor.require === 'allowed-signer' || floor.paths.length > 0 || floor.signers.length > 0;
  const least = floor.webFlow ?? (asksForPeople ? 'never' : null);
  return least === null ? own : stricter(own ?? least, least, WEB_FLOW_LEVELS);
}

export function stricter<T>(a: T, b: T, weakestFirst: readonly T[]): T {
  return weakestFirst.indexOf(a) >= weakestFirst.indexOf(b) ? a : b;
}

function joinIdentity(own: IdentityMatch, floor: IdentityMatch): IdentityMatch {
  const differ = own !== floor && own !== 'none' && floor !== 'none';
  return differ ? 'both' : stricter(own, floor, IDENTITY_MATCHES);
}
