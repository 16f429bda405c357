import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Names and addresses do not matter here, but Git wants some, and the same ones each time. */
const ENVIRONMENT = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.com',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.com',
};

/**
 * Makes a deployment repository with a number of manifests on `main`, and a branch `change` that touches 20 of them.
 */
export function makeRepository(directory: string, manifests: number): void {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: directory, encoding: 'utf8', env: ENVIRONMENT });
  mkdirSync(directory, { recursive: true });
  git('init', '--quiet', '--initial-branch=main');
  write(directory, '.sops.yaml', 'creation_rules:\n  - path_regex: \\.enc\\.yaml$\n    age: age1example\n');
  for (let index = 0; index < manifests; index += 1)
    write(directory, pathOf(index), manifest(index, '1.0.0'));
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Base');
  git('switch', '--quiet', '--create', 'change');
  for (let index = 0; index < 20; index += 1) {
    const chosen = Math.floor((index * manifests) / 20);
    write(directory, pathOf(chosen), manifest(chosen, index === 0 ? 'latest' : '1.0.1'));
  }
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Change');
}

function write(directory: string, file: string, text: string): void {
  const target = path.join(directory, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}

/** Every tenth is an Argo CD Application, the rest are Deployments: some 30 lines each. */
function pathOf(index: number): string {
  return index % 10 === 0
    ? `clusters/production/apps/app-${index}.yaml`
    : `apps/app-${Math.floor(index / 10)}/deployment-${index}.yaml`;
}

function manifest(index: number, tag: string): string {
  if (index % 10 === 0) {
    return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: app-${index}
  namespace: argocd
spec:
  project: shop
  source:
    repoURL: https://git.example.com/acme/deploy.git
    targetRevision: ${tag}
    path: apps/app-${index / 10}
  destination:
    name: prod-eu
    namespace: app-${index}
`;
  }
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: deployment-${index}
  namespace: app-${Math.floor(index / 10)}
  labels:
    app.kubernetes.io/name: deployment-${index}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: deployment-${index}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: deployment-${index}
    spec:
      containers:
        - name: main
          image: registry.example.com/shop/deployment-${index}:${tag}
          ports:
            - containerPort: 8080
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            runAsNonRoot: true
`;
}
