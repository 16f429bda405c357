import { isLeftOpen } from './placeholder.ts';

/** True when a tool puts another image in the place of `text`, as `ko` does with the packages that it builds. */
export function isImageLeftOpen(text: string): boolean {
  return text.startsWith('ko://') || isLeftOpen(text);
}

/** `registry:5000/team/app:1.2@sha256:…` taken apart. */
export interface ImageReference {
  /** Registry and repository. */
  readonly name: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

export function parseImageReference(text: string): ImageReference {
  const at = text.indexOf('@');
  const tagged = at < 0 ? text : text.slice(0, at);
  // A colon before the last slash belongs to the port of the registry.
  const colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  return {
    name: colon < 0 ? tagged : tagged.slice(0, colon),
    tag: colon < 0 ? null : tagged.slice(colon + 1),
    digest: at < 0 ? null : text.slice(at + 1),
  };
}

// Names of branches and release channels: whoever publishes moves them.
const MOVING = new Set(
  (
    'latest main master trunk mainline develop development devel dev edge nightly snapshot canary head tip next ' +
    'current rolling unstable testing test staging stage qa prod production release stable lts beta alpha'
  ).split(' '),
);

/** True for a tag that is meant to be moved to another image: `latest`, `main`, `latest-alpine`. */
export function isMovingTag(tag: string): boolean {
  const name = tag.toLowerCase();
  return MOVING.has(name) || name.startsWith('latest-') || name.endsWith('-latest');
}
