import { isRecord, type Manifest } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { valueAt } from '../../manifests/workload.ts';
import { applicationSpecs, isTemplated, sourcesOf } from './argo-application.ts';

/** Argo CD's own ConfigMaps, as its Helm chart calls them under `configs`. */
export type SettingsMap = 'cm' | 'rbac' | 'params';

/** One setting of Argo CD. */
export interface Setting {
  readonly map: SettingsMap;
  readonly key: string;
  /** As the ConfigMap holds it. */
  readonly text: string;
  readonly pointer: Pointer;
}

/** Settings that stand together, and where. */
export interface SettingsGroup {
  readonly map: SettingsMap;
  readonly pointer: Pointer;
  readonly settings: readonly Setting[];
}

const CONFIG_MAPS: Readonly<Record<string, SettingsMap>> = {
  'argocd-cm': 'cm',
  'argocd-rbac-cm': 'rbac',
  'argocd-cmd-params-cm': 'params',
};
const CHART = 'argo-cd';
const MAPS: readonly SettingsMap[] = ['cm', 'rbac', 'params'];

/**
 * The settings of Argo CD that an object holds: its ConfigMaps, and the values for its Helm chart in a HelmRelease or an
 * Application. Empty for everything else.
 */
export function settingsOf(manifest: Manifest): SettingsGroup[] {
  const { kind, group, value, name } = manifest;
  if (kind === 'ConfigMap' && group === '') {
    const map = Object.hasOwn(CONFIG_MAPS, name ?? '') ? CONFIG_MAPS[name ?? ''] : undefined;
    return map === undefined ? [] : [groupAt(value, ['data'], map)];
  }
  return valuesOf(manifest).flatMap((pointer) =>
    MAPS.filter((map) => isRecord(valueAt(value, [...pointer, 'configs', map]))).map((map) =>
      groupAt(value, [...pointer, 'configs', map], map),
    ),
  );
}

function valuesOf(manifest: Manifest): Pointer[] {
  if (manifest.kind === 'HelmRelease') {
    const chart = valueAt(manifest.value, ['spec', 'chart', 'spec', 'chart']);
    return chart === CHART ? [['spec', 'values']] : [];
  }
  if (manifest.group !== 'argoproj.io') return [];
  return applicationSpecs(manifest)
    .flatMap(sourcesOf)
    .filter(({ value }) => value['chart'] === CHART)
    .map(({ pointer }) => [...pointer, 'helm', 'valuesObject']);
}

function groupAt(root: unknown, pointer: Pointer, map: SettingsMap): SettingsGroup {
  const values = valueAt(root, pointer);
  const settings = Object.entries(isRecord(values) ? values : {}).flatMap(([key, value]): Setting[] => {
    const text = ['string', 'boolean', 'number'].includes(typeof value) ? String(value) : null;
    return text === null || isTemplated(text) ? [] : [{ map, key, text, pointer: [...pointer, key] }];
  });
  return { map, pointer, settings };
}

/** Whether Argo CD reads a setting as true: Go's `strconv.ParseBool`. */
export function isOn({ text }: Setting): boolean {
  return /^(?:1|t|true)$/i.test(text.trim());
}
