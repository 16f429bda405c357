import type { SopsRecipient } from '../manifests/sops-recipients.ts';

const MAX_NAMED = 3;

/** The first of some recipients, and how many more there are. */
export function recipientNames(recipients: readonly SopsRecipient[]): string {
  const named = recipients.slice(0, MAX_NAMED).map(shortName);
  const rest = recipients.length - named.length;
  return rest > 0 ? `${named.join(', ')} and ${rest} more` : named.join(', ');
}

// Only what has the form of a public name is shown: a private key may have been pasted in its place.
const PUBLIC_FORMS: readonly RegExp[] = [
  /^age1[a-z0-9]{30,}$/,
  /^[0-9A-F]{16,64}$/,
  /^arn:aws[\w-]*:kms:[\w-]*:\d*:(?:key|alias)\/[\w/-]{1,80}$/,
  /^projects\/[\w-]{1,60}\/locations\/[\w-]{1,40}\/keyRings\/[\w-]{1,60}\/cryptoKeys\/[\w-]{1,60}$/,
];

/** As short as a person can still tell it from others. */
export function shortName({ type, id }: SopsRecipient): string {
  if (!PUBLIC_FORMS.some((form) => form.test(id))) return `a recipient of type ${type}`;
  return id.length <= 24 ? id : `${id.slice(0, 12)}…${id.slice(-6)}`;
}
