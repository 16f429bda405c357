import { asText, isRecord } from '../../manifests/manifest.ts';
import type { Pointer } from '../../manifests/position.ts';
import { listAt, valueAt } from '../../manifests/workload.ts';

/** A part of an object, and where it stands. */
export interface Part {
  readonly pointer: Pointer;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The `spec` of an Application, or of the template of an ApplicationSet. */
export function applicationSpecs({
  kind,
  value,
}: {
  readonly kind: string;
  readonly value: Readonly<Record<string, unknown>>;
}): Part[] {
  const pointer = kind === 'ApplicationSet' ? ['spec', 'template', 'spec'] : ['spec'];
  const spec = valueAt(value, pointer);
  return isRecord(spec) ? [{ pointer, value: spec }] : [];
}

/** `sources`, and `source` where there are none: as Argo CD reads them. */
export function sourcesOf(spec: Part): Part[] {
  const several = listAt(spec.value, ['sources']);
  if (several.length > 0) {
    return several.flatMap((value, index) =>
      isRecord(value) ? [{ pointer: [...spec.pointer, 'sources', String(index)], value }] : [],
    );
  }
  const { source } = spec.value;
  return isRecord(source) ? [{ pointer: [...spec.pointer, 'source'], value: source }] : [];
}

/** The text at `pointer`; null when it is empty, no text, or only known once something has filled it in. */
export function fixedText(root: unknown, pointer: Pointer): string | null {
  const text = asText(valueAt(root, pointer));
  return text === null || isTemplated(text) ? null : text;
}

/** Whether a part of the text is filled in by a template, by Flux or by a plugin. */
export function isTemplated(text: string): boolean {
  return /\{\{|\$[{(]|<[^<>]+>/.test(text);
}
