import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CUSTOM } from './custom-objects.ts';
import { COMMON, SOMETIMES, type App, type ObjectMaker } from './objects.ts';

/** What was written: objects as the cluster knows them, and the files that hold them and others. */
export interface Tree {
  readonly manifests: number;
  readonly files: number;
  readonly bytes: number;
}

const SOME = Object.entries(SOMETIMES);
const CUSTOMS = Object.entries(CUSTOM);
/** Of the kinds that take turns, each application has so many. */
const SHARE = 3;

/**
 * Writes a deployment repository as teams lay it out: a base and two overlays for each application, with patches and
 * custom resources; some charts with values, some files with many documents, some lists.
 *
 * @param manifests objects to write at least
 */
export function writeTree(directory: string, manifests: number): Tree {
  let count = 0;
  let files = 0;
  let bytes = 0;
  const write = (file: string, text: string, objects: number): void => {
    const target = path.join(directory, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    count += objects;
    files += 1;
    bytes += Buffer.byteLength(text);
  };
  for (let index = 0; count < manifests; index += 1) {
    const app = { name: `app-${String(index)}`, index };
    if (index % 10 === 3) writeChart(app, write);
    else if (index % 10 === 6) writeTogether(app, write);
    else writeKustomize(app, write);
  }
  return { manifests: count, files, bytes };
}

type Write = (file: string, text: string, objects: number) => void;

function objectsOf(app: App): [string, ObjectMaker][] {
  const turn = (all: [string, ObjectMaker][]): [string, ObjectMaker][] =>
    Array.from({ length: SHARE }, (_, n) => all[(app.index * SHARE + n) % all.length] ?? all[0]).filter(
      (one) => one !== undefined,
    );
  return [...Object.entries(COMMON), ...turn(SOME), ...turn(CUSTOMS)];
}

function writeKustomize(app: App, write: Write): void {
  const folder = `apps/${app.name}`;
  const made = objectsOf(app);
  for (const [name, make] of made) write(`${folder}/base/${name}.yaml`, make(app), 1);
  const resources = made.map(([name]) => `  - ${name}.yaml\n`).join('');
  write(`${folder}/base/kustomization.yaml`, `${KUSTOMIZATION}resources:\n${resources}`, 1);
  for (const environment of ['staging', 'production']) {
    const overlay = `${folder}/overlays/${environment}`;
    write(`${overlay}/kustomization.yaml`, overlayOf(app), 1);
    write(`${overlay}/patch-replicas.yaml`, patchOf(app, environment === 'production' ? 6 : 2), 1);
  }
}

const KUSTOMIZATION = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';

function overlayOf(app: App): string {
  return `${KUSTOMIZATION}resources:
  - ../../base
patches:
  - path: patch-replicas.yaml
images:
  - name: registry.example.com/shop/${app.name}
    newTag: 2.${String(app.index % 30)}.2
`;
}

function patchOf(app: App, replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${app.name}
spec:
  replicas: ${String(replicas)}
  template:
    spec:
      containers:
        - name: main
          resources:
            limits:
              memory: 512Mi
`;
}

/** A folder of plain manifests: one file with many documents, and one with a list. */
function writeTogether(app: App, write: Write): void {
  const made = objectsOf(app).map(([, make]) => make(app));
  const half = Math.ceil(made.length / 2);
  write(`clusters/staging/${app.name}.yaml`, made.slice(0, half).join('---\n'), half);
  const items = made
    .slice(half)
    .map((text) => `  - ${text.trimEnd().replaceAll('\n', '\n    ')}\n`)
    .join('');
  write(
    `clusters/staging/${app.name}-list.yaml`,
    `apiVersion: v1\nkind: List\nitems:\n${items}`,
    made.length - half,
  );
}

function writeChart(app: App, write: Write): void {
  const folder = `charts/${app.name}`;
  write(`${folder}/Chart.yaml`, `apiVersion: v2\nname: ${app.name}\nversion: 1.0.${String(app.index)}\n`, 0);
  write(
    `${folder}/values.yaml`,
    `replicas: 3
image: &image
  repository: registry.example.com/shop/${app.name}
  tag: "2.1.0"
migration:
  image: *image
resources:
  limits:
    memory: 256Mi
`,
    0,
  );
  write(
    `${folder}/templates/deployment.yaml`,
    `{{- if .Values.replicas }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-${app.name}
  labels:
    {{- include "labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app: ${app.name}
  template:
    metadata:
      labels:
        app: ${app.name}
    spec:
      containers:
        - name: main
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
{{- end }}
`,
    1,
  );
}
