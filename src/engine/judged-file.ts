import { parseYaml } from '../manifests/yaml-parse.ts';
import type { YamlFile } from '../manifests/yaml-file.ts';
import type { FileVersion, Snapshot } from './change.ts';
import type { JudgedFile } from './rule.ts';

const YAML_NAME = /(?:\.(?:ya?ml|json)|(?:^|\/)Kustomization)$/i;

/** A file as rules see it, and whether it is a template that only means something once rendered. */
export interface OpenedFile {
  readonly file: JudgedFile;
  readonly template: boolean;
  /** Why the text could not be read, although the name promises YAML; null when all is well. */
  readonly unreadable: string | null;
}

/** @param path the name under which the file is judged: the head's, when the base's version of a renamed file is meant */
export function openFile(path: string, version: FileVersion, snapshot: Snapshot): OpenedFile {
  const text = version.content === null ? null : decodeText(version.content);
  const named = YAML_NAME.test(path);
  const closed = { path, version, text, yaml: null, manifests: [] };
  if (!named || text === null) {
    const binary = named && version.content !== null && text === null;
    return { file: closed, template: false, unreadable: binary ? 'is not text in UTF-8 or UTF-16' : null };
  }
  const yaml = parseYaml(path, text);
  if (isTemplate(path, text, yaml, snapshot)) return { file: closed, template: true, unreadable: null };
  return {
    file: { path, version, text, yaml, manifests: yaml.manifests },
    template: false,
    unreadable: yaml.problems.find((problem) => problem.kind === 'limit')?.message ?? null,
  };
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

/** Text with Go template or Jinja actions that is no YAML before they have run. */
function isTemplate(path: string, text: string, yaml: YamlFile, snapshot: Snapshot): boolean {
  const broken = yaml.problems.some(
    (problem) => problem.kind === 'syntax' || problem.kind === 'duplicate-key',
  );
  if (!broken) return false;
  if (/\{\{|\{%/.test(text.replaceAll(/^\s*#.*$/gm, ''))) return true;
  return inChartTemplates(path, snapshot);
}

function inChartTemplates(path: string, snapshot: Snapshot): boolean {
  const parts = path.split('/');
  return parts.some((part, index) => {
    if (part !== 'templates') return false;
    const chart = [...parts.slice(0, index), 'Chart.yaml'].join('/');
    return snapshot.paths.has(chart);
  });
}
