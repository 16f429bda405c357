import type { SignerChange } from '../engine/change.ts';
import type { AllowedSigner } from './allowed-signers.ts';
import type { Keyring } from './keyring.ts';
import type { Certificate } from './x509-authorities.ts';
import { certificateName } from './x509-chain.ts';
import type { RevocationList } from './x509-revocation.ts';

/** Something that lets somebody sign, or takes that away. */
export interface Right {
  /** Equal for rights that are the same. */
  readonly id: string;
  readonly change: Omit<SignerChange, 'kind'>;
}

export function sshRight({
  path,
  line,
  principals,
  isAuthority,
  namespaces,
  validAfter,
  validBefore,
  key,
}: AllowedSigner): Right {
  const who = principals.join(',');
  const limits = [
    ...(isAuthority ? ['as an authority'] : []),
    ...(namespaces === null ? [] : [`for ${namespaces.join(',')}`]),
    ...(validAfter === null ? [] : [`from ${day(validAfter)}`]),
    ...(validBefore === null ? [] : [`until ${day(validBefore)}`]),
  ];
  const what = [key.fingerprint, ...limits].join(' ');
  return {
    id: JSON.stringify(['ssh', who, what, validAfter, validBefore]),
    change: { path, line, who, what },
  };
}

export function authorityRights({ roots, intermediates }: Keyring['x509']): Right[] {
  const right = (as: string, { path, node }: Certificate, what: string): Right => ({
    id: JSON.stringify([as, what]),
    change: { path, line: null, who: subjectOf(node), what: `${what} ${as}` },
  });
  return [
    ...roots.map((one) => right('as an authority', one, certificateName(one))),
    ...intermediates.map((one) => right('as an intermediate authority', one, certificateName(one))),
  ];
}

/** Keys and certificates that are listed as revoked. */
export function revokedRights({ revokedSsh, x509 }: Keyring): Right[] {
  const keys = [...revokedSsh].map(([fingerprint, { path, line }]) => ({
    id: fingerprint,
    change: { path, line, who: fingerprint, what: 'a key in the list of revoked ones' },
  }));
  const certificates = x509.revocations.flatMap((list) => {
    const issuer = issuerName(list);
    return [...list.serials].map((serial) => ({
      id: JSON.stringify([issuer, serial]),
      change: {
        path: list.path,
        line: null,
        who: `certificate ${serial} of ${issuer}`,
        what: 'a certificate in the list of revoked ones',
      },
    }));
  });
  return [...keys, ...certificates];
}

/** Revocation lists that are gone, or older than before: what they do not list yet is not revoked. */
export function listChanges(before: Keyring, after: Keyring): SignerChange[] {
  const [old, current] = [newestLists(before), newestLists(after)];
  return [...old].flatMap(([who, was]): SignerChange[] => {
    const is = current.get(who);
    const change = { line: null, kind: 'list' as const, who };
    if (is === undefined) return [{ ...change, path: was.path, what: 'is gone' }];
    const [then, now] = [was, is].map(({ parsed }) => parsed.thisUpdate.value.getTime() / 1000);
    if (then === undefined || now === undefined || now >= then) return [];
    return [{ ...change, path: is.path, what: `is of ${day(now)}, and was of ${day(then)}` }];
  });
}

function newestLists({ x509 }: Keyring): ReadonlyMap<string, RevocationList> {
  const newest = new Map<string, RevocationList>();
  for (const list of x509.revocations) {
    const known = newest.get(issuerName(list));
    if (known !== undefined && known.parsed.thisUpdate.value >= list.parsed.thisUpdate.value) continue;
    newest.set(issuerName(list), list);
  }
  return newest;
}

/** As the authority writes itself; by the values of its name alone where it does not stand beside the list. */
function issuerName({ issuers, parsed }: RevocationList): string {
  const [authority] = issuers;
  if (authority !== undefined) return subjectOf(authority.node);
  return parsed.issuer.typesAndValues
    .map(({ value }) => String((value as { valueBlock: { value: unknown } }).valueBlock.value))
    .join(', ');
}

/** On one line. A certificate may name nobody, and then there is no text, whatever the type says. */
function subjectOf({ subject }: { readonly subject: string | undefined }): string {
  return subject?.replaceAll('\n', ', ') ?? 'a certificate without a name';
}

/** `YYYY-MM-DD`, in UTC. */
export function day(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'a day that is none' : date.toISOString().slice(0, 10);
}
