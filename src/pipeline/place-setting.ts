import { isRecord } from '../manifests/manifest.ts';
import type { YamlDocument } from '../manifests/yaml-document.ts';
import type { PolicyDifference } from '../engine/policy-difference.ts';

/** Where a setting stands in a policy file. */
export interface SettingPlace {
  /** 1-based; that of what surrounds it when the file does not state it, null when nothing does. */
  readonly line: number | null;
  /** Whether the file states it. */
  readonly stated: boolean;
}

/** Finds the setting that differs, or the entry of its list. A rule's level may be written without a key of its own. */
export function placeIn(
  document: YamlDocument | undefined,
  { pointer, entry }: Pick<PolicyDifference, 'pointer' | 'entry'>,
): SettingPlace {
  if (document === undefined) return { line: null, stated: false };
  const steps: string[] = [];
  let value: unknown = document.value;
  for (const step of pointer) {
    if (!(isRecord(value) || Array.isArray(value)) || !Object.hasOwn(value, step)) break;
    value = (value as Readonly<Record<string, unknown>>)[step];
    steps.push(step);
  }
  const level = pointer.at(-1) === 'severity' && steps.length === pointer.length - 1;
  const whole = steps.length === pointer.length || (level && typeof value === 'string');
  if (!whole) return { line: steps.length === 0 ? null : lineOf(document, steps), stated: false };
  const index = entry === null || !Array.isArray(value) ? -1 : value.indexOf(entry);
  return { line: lineOf(document, index < 0 ? steps : [...steps, String(index)]), stated: true };
}

function lineOf(document: YamlDocument, pointer: readonly string[]): number {
  return document.rangeOf(pointer, /^\d+$/.test(pointer.at(-1) ?? '') ? 'value' : 'key').start.line;
}
