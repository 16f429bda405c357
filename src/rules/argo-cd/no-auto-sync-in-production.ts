import type { ManifestRule, Problem } from '../../engine/rule.ts';
import { isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { valueAt } from '../../manifests/workload.ts';

const AUTOMATED: Pointer = ['spec', 'syncPolicy', 'automated'];
/** In the text of a patch; one that takes the setting away again does no harm. */
const IN_PATCH = /\bautomated["']?\s*:(?!\s*(?:null|~|false)\s*(?:[,}#]|$))/m;

export const noAutoSyncInProduction: ManifestRule = {
  scope: 'manifest',
  judge(manifest) {
    if (manifest.kind === 'Application') return automatedAt(manifest.value, []);
    const spec = manifest.value['spec'];
    if (!isRecord(spec)) return [];
    const patch = spec['templatePatch'];
    return [
      ...automatedAt(manifest.value, ['spec', 'template']),
      ...generatorTemplates(spec['generators'], ['spec', 'generators']).flatMap((pointer) =>
        automatedAt(manifest.value, pointer),
      ),
      // A Go template, whose text can only be searched.
      ...(typeof patch === 'string' && IN_PATCH.test(patch)
        ? [{ pointer: ['spec', 'templatePatch'], atKey: true, judged: patch }]
        : []),
    ];
  },
};

function automatedAt(root: unknown, template: Pointer): Problem[] {
  const pointer = [...template, ...AUTOMATED];
  const value = valueAt(root, pointer);
  if (value === undefined || value === null || value === false) return [];
  // Argo CD 3: `enabled: false` keeps the settings and switches automation off.
  if (isRecord(value) && value['enabled'] === false) return [];
  return [{ pointer, atKey: true, judged: value }];
}

/** Every generator may bring a template of its own, and matrix and merge generators hold more generators. */
function generatorTemplates(generators: unknown, pointer: Pointer): Pointer[] {
  if (!Array.isArray(generators)) return [];
  return (generators as unknown[]).flatMap((generator, index) => {
    if (!isRecord(generator)) return [];
    return Object.entries(generator).flatMap(([type, settings]) => {
      if (!isRecord(settings)) return [];
      const own = [...pointer, String(index), type];
      const nested = generatorTemplates(settings['generators'], [...own, 'generators']);
      return 'template' in settings ? [[...own, 'template'], ...nested] : nested;
    });
  });
}
