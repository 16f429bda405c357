import { isKustomizationPath } from '../manifests/kustomization.ts';
import { parseYaml } from '../manifests/yaml-parse.ts';
import type { YamlFile } from '../manifests/yaml-file.ts';
import type { FileVersion, Snapshot } from './change.ts';
import type { JudgedFile } from './rule.ts';
import { hasActions, isChartTemplate, isMeantAsTemplate, maskActions } from './template.ts';

const YAML_NAME = /(?:\.(?:ya?ml|json)|(?:^|\/)Kustomization)$/i;

/** Whether a file is read as YAML or JSON, by its name. */
export function isYamlName(path: string): boolean {
  return YAML_NAME.test(path);
}

/** A file as rules see it, and whether it is a template that only means something once rendered. */
export interface OpenedFile {
  readonly file: JudgedFile;
  /** Why the text could not be read, although the name promises YAML; null when all is well. */
  readonly unreadable: string | null;
}

const kustomizations = new WeakMap<FileVersion, YamlFile>();

/** A file under its own name. Kustomizations are wanted before anything is judged, and then like all files. */
export function parsedYaml(version: FileVersion, text: string): YamlFile {
  const { path } = version;
  if (!isKustomizationPath(path)) return parseYaml(path, text);
  let parsed = kustomizations.get(version);
  if (parsed === undefined) kustomizations.set(version, (parsed = parseYaml(path, text)));
  return parsed;
}

/** @param path the name under which the file is judged: the head's, when the base's version of a renamed file is meant */
export function openFile(path: string, version: FileVersion, snapshot: Snapshot): OpenedFile {
  const text = version.content === null ? null : decodeText(version.content);
  const named = isYamlName(path);
  const closed = { path, version, text, yaml: null, manifests: [], template: false };
  if (!named || text === null) {
    const binary = named && version.content !== null && text === null;
    return { file: closed, unreadable: binary ? 'is not text in UTF-8 or UTF-16' : null };
  }
  const parse = (): YamlFile => (path === version.path ? parsedYaml(version, text) : parseYaml(path, text));
  const { yaml, template } = readYaml(path, text, snapshot, parse);
  return {
    file: { path, version, text, yaml, manifests: yaml.manifests, template },
    unreadable: yaml.problems.find((problem) => problem.kind === 'limit')?.message ?? null,
  };
}

/**
 * A template is judged by what stands beside its actions, and what is wrong with it as YAML is not held against it.
 * A text that merely holds actions, in quotes for instance, is ordinary YAML; broken, it stays broken.
 */
function readYaml(
  path: string,
  text: string,
  snapshot: Snapshot,
  parse: () => YamlFile,
): { yaml: YamlFile; template: boolean } {
  if (!hasActions(text)) return { yaml: parse(), template: false };
  if (isChartTemplate(path, snapshot)) return { yaml: readTemplate(path, text), template: true };
  const plain = parse();
  if (!plain.problems.some(({ kind }) => kind === 'syntax')) return { yaml: plain, template: false };
  if (isMeantAsTemplate(path, text)) return { yaml: readTemplate(path, text), template: true };
  return { yaml: { ...parseYaml(path, maskActions(text)), problems: plain.problems }, template: false };
}

function readTemplate(path: string, text: string): YamlFile {
  const masked = parseYaml(path, maskActions(text));
  return { ...masked, problems: masked.problems.filter(({ kind }) => kind === 'limit') };
}

/** UTF-8, or UTF-16 with a byte order mark, as YAML allows; null for anything else. */
export function decodeText(content: Uint8Array): string | null {
  const [first, second] = content;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(content);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
