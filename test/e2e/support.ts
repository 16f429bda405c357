import { readFileSync } from 'node:fs';
import type { Settings } from '../../src/config/environment.ts';
import { setStage, type Stage } from '../../src/demo/stage.ts';
import type { AppOptions } from '../../src/github/app.ts';
import { startApp } from '../../src/index.ts';

/** An embedded GitHub with the App on it, permissions and events as in app.yml. */
export function openStage(
  options: { settings?: Partial<Settings>; appOptions?: AppOptions; serverVersion?: string } = {},
): Promise<Stage> {
  const appManifest = readFileSync(new URL('../../app.yml', import.meta.url), 'utf8');
  return setStage({ appManifest, startApp, ...options });
}

export const CHECK = 'gitops-warden';

/** A healthy repository, small enough to read. */
export const HEALTHY: Readonly<Record<string, string>> = {
  'apps/web/deployment.yaml': deployment('ghcr.io/acme/web:1.0.0'),
  'clusters/production/web.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  namespace: argocd
spec:
  project: shop
  source:
    repoURL: https://git.example.com/acme/deploy.git
    path: apps/web
  destination:
    name: prod-eu
    namespace: web
`,
};

export function deployment(image: string, privileged = false): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: ${image}
${privileged ? '          securityContext:\n            privileged: true\n' : ''}          resources: {requests: {cpu: 100m, memory: 64Mi}}
`;
}

/** Line of `privileged: true` in a deployment. */
export const PRIVILEGED_LINE = 19;

/** Made anew for each run, so that it can be searched for and is nobody's. */
export function makeSecretValue(): string {
  return `s3cr3t-${crypto.randomUUID()}`;
}

export function plainSecret(name: string, value: string): string {
  return `apiVersion: v1
kind: Secret
metadata:
  name: ${name}
  namespace: web
stringData:
  password: ${value}
`;
}
