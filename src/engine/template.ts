import type { Snapshot } from './change.ts';

const ACTION = /\{\{|\{%/;
/** Actions that give no text themselves: they decide, repeat, name or comment. */
const CONTROL =
  /^[-\s]*(?:if|else|end|range|with|define|block|break|continue|for|endfor|endif|elif|set|macro|endmacro|raw|endraw|import|extends|\/\*|#|\$\w+\s*:?=)/;
const CONTROL_LINE = /^\s*(?:\{\{-?\s*(?:if|else|end|range|with|define|block|\/\*|\$\w+\s*:?=)|\{%)/m;
const COMMENT_LINE = /^\s*#.*$/gm;
/** Folders of templates, by the names that scaffolding and rendering tools give them. */
const TEMPLATE_PLACE =
  /(?:^|\/)(?:_?templates?|skeletons?|scaffolds?|cookiecutter[^/]*)\/|(?:^|\/)helmfile[^/]*$/i;

/** Whether a text holds actions of Go templates or Jinja, outside of comments. */
export function hasActions(text: string): boolean {
  return ACTION.test(text) && ACTION.test(text.replaceAll(COMMENT_LINE, ''));
}

/** A file of a Helm chart that Helm renders. */
export function isChartTemplate(path: string, snapshot: Snapshot): boolean {
  if (!path.includes('templates/')) return false;
  const parts = path.split('/');
  return parts.some(
    (part, index) =>
      part === 'templates' && snapshot.paths.has([...parts.slice(0, index), 'Chart.yaml'].join('/')),
  );
}

/** Whether a text with actions that is no YAML is meant to be rendered: by its place, or by its control structures. */
export function isMeantAsTemplate(path: string, text: string): boolean {
  return TEMPLATE_PLACE.test(path) || CONTROL_LINE.test(text.replaceAll(COMMENT_LINE, ''));
}

/**
 * The text with every action replaced, character by character, so that what stands beside the actions can be judged
 * where it stands. An action that gives text becomes a placeholder, `$(xxx)`; one that gives none becomes blank.
 */
export function maskActions(text: string): string {
  return text.replaceAll(
    /\{\{([\s\S]*?)\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g,
    (action, inner: string | undefined) => {
      const blank = inner === undefined || CONTROL.test(inner) || action.includes('\n');
      return blank ? action.replaceAll(/[^\r\n]/g, ' ') : `$(${'x'.repeat(action.length - 3)})`;
    },
  );
}

/** The shortest action that gives a text is `{{.a}}`. */
const MASK = /\$\(x{3,}\)/g;

/** A text out of a masked one, as a reader knows it: each action is `{{…}}`, whatever it says. */
export function nameActions(text: string): string {
  return text.replaceAll(MASK, '{{…}}');
}
