import type { KindOf } from '../../engine/rule.ts';
import type { CredentialKind } from '../../manifests/credentials/kinds.ts';

interface Advice {
  /** With its article: `a password`. */
  readonly what: string;
  /** Continues `Rotate it`: where and how. */
  readonly rotate: string;
}

const ADVICE: Readonly<Record<CredentialKind, Advice>> = {
  secret: { what: 'a secret value', rotate: 'where it was issued' },
  password: { what: 'a password', rotate: 'in the service that it opens' },
  token: { what: 'an access token', rotate: 'where it was issued: revoke it and make a new one' },
  'api-key': { what: 'an API key', rotate: 'where it was issued: revoke it and make a new one' },
  'client-secret': {
    what: 'an OAuth client secret',
    rotate: "at the identity provider, among the application's credentials",
  },
  url: { what: 'a URL with credentials', rotate: 'in the service that it opens' },
  connection: { what: 'a connection string with credentials', rotate: 'in the service that it opens' },
  'private-key': { what: 'a private key', rotate: 'by replacing the key wherever it is trusted' },
  'tls-key': {
    what: 'the private key of a certificate',
    rotate: 'by having a certificate issued for a new key, and the old one revoked',
  },
  'ssh-key': {
    what: 'an SSH private key',
    rotate:
      'by taking its public key out of every account and deploy key, and making a new pair with `ssh-keygen -t ed25519`',
  },
  'age-key': {
    what: 'an age identity',
    rotate:
      'by making a new one with `age-keygen`, encrypting everything anew for it, and rotating what the old one opens',
  },
  jwt: {
    what: 'a JSON web token',
    rotate: 'where it was issued: revoke it, or change the key that signs such tokens',
  },
  'service-account-token': {
    what: 'the token of a Kubernetes service account',
    rotate: 'by deleting its Secret in the cluster (`kubectl delete secret`), which revokes it',
  },
  'bootstrap-token': {
    what: 'a bootstrap token, with which nodes join the cluster',
    rotate: 'with `kubeadm token delete` and `kubeadm token create`',
  },
  registry: { what: 'a login for a container registry', rotate: 'in the account settings of the registry' },
  'basic-auth': { what: 'a login', rotate: 'in the service that it opens' },
  kubeconfig: {
    what: 'a login for a Kubernetes cluster',
    rotate:
      'by revoking the user or service account in that cluster; a client certificate stays valid until it ends or the authority is replaced',
  },
  'gcp-key': {
    what: 'a Google Cloud service account key',
    rotate: 'with `gcloud iam service-accounts keys delete` and `create`',
  },
  'aws-key': {
    what: 'an AWS access key',
    rotate: 'with `aws iam create-access-key` and `aws iam delete-access-key`',
  },
  'azure-secret': { what: 'an Azure client secret', rotate: 'with `az ad app credential reset`' },
  slack: { what: 'a Slack credential', rotate: "in the app's settings at api.slack.com/apps" },
  'git-host': {
    what: 'a token of a Git host',
    rotate: 'in the account settings of the Git host, among the access tokens',
  },
  'helm-release': {
    what: 'a Helm release with all values of its installation',
    rotate: 'by rotating every credential among those values',
  },
  'sealing-key': {
    what: 'the private key of the Sealed Secrets controller',
    rotate: 'by making the controller renew its key and rotating every value that was ever sealed',
  },
  'argocd-repository': {
    what: "Argo CD's login for a Git or Helm repository",
    rotate: 'at the host of that repository',
  },
  'argocd-cluster': { what: "Argo CD's login for a cluster", rotate: 'with `argocd cluster rotate-auth`' },
  'argocd-admin': {
    what: 'the admin password of Argo CD, as a hash that can be guessed against',
    rotate: 'with `argocd account update-password`',
  },
  'argocd-signing-key': {
    what: 'the key with which Argo CD signs its sessions',
    rotate: 'by deleting it from `argocd-secret` and restarting `argocd-server`, which makes a new one',
  },
  'argocd-webhook': {
    what: 'the shared secret of a Git webhook of Argo CD',
    rotate: "in the settings of the Git host's webhook",
  },
  notification: {
    what: 'a token of Argo CD notifications',
    rotate: 'in the service that the notifications go to',
  },
};

/** Words for a finding: what the credential is, and how it is replaced. */
export function adviceOn(kind: CredentialKind, value: unknown, kindOf: KindOf | undefined): Advice {
  const advice = ADVICE[kind];
  // A format tells more than a key's name does, and less than the place.
  const vague = ['secret', 'password', 'token', 'api-key', 'client-secret', 'git-host', 'slack'].includes(
    kind,
  );
  const known = vague && typeof value === 'string' ? (kindOf?.(value) ?? null) : null;
  return known === null
    ? advice
    : { what: known, rotate: kind === 'secret' ? advice.rotate : ADVICE['token'].rotate };
}
