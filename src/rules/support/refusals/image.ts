import type { Pointer } from '../../../manifests/position.ts';
import { knownText, type Fields, type Refusal } from './refusal.ts';

/** https://github.com/distribution/reference/blob/main/reference.go: host and port, path, tag, digest. */
const REFERENCE =
  /^(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?\/|\[[0-9a-fA-F:]+\](?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[a-zA-Z0-9]+(?:[+._-][a-zA-Z0-9]+)*:[0-9a-fA-F]{32,})?$/;
const SHA256 = /@sha256:(?![0-9a-f]{64}$)/;
/** What kustomize, ko or Bazel put the real image in the place of. */
const LEFT_OPEN = /^[A-Z0-9_-]+(?::[A-Z0-9_-]+)?$|:\/\/|^\/\//;
const NOT_PULLED = 'the node cannot pull it, and the container does not start.';
/** No registry takes a longer one. */
const MAX_LENGTH = 512;

export function imageRefusals({ image }: Fields, pointer: Pointer): Refusal[] {
  if (image === undefined || image === null || image === '') {
    const mend = 'Add `image` with the name and the version of one.';
    return [{ pointer, fact: 'has no image', mend, missing: 'image' }];
  }
  const text = knownText(image);
  if (text === null || text.length > MAX_LENGTH) return [];
  const at = [...pointer, 'image'];
  if (/^\s|\s$/.test(text)) return [{ pointer: at, fact: 'has a space in it', mend: 'Take the space out.' }];
  if (SHA256.test(text)) {
    const fact = 'has a digest that is not 64 signs of 0–9 and a–f long';
    const mend = 'Copy the whole digest; `crane digest IMAGE` prints it.';
    return [{ pointer: at, fact, mend, outcome: NOT_PULLED }];
  }
  if (REFERENCE.test(text) || LEFT_OPEN.test(text)) return [];
  const mend =
    'Write `registry/path:tag`: the path in lower case, a tag of letters, digits, `.`, `_` and `-`.';
  return [{ pointer: at, fact: 'is no name that an image may have', mend, outcome: NOT_PULLED }];
}
