export { classify } from './classify.ts';
export { nameKind } from './name-kind.ts';
export { KINDS, type Kind } from './catalogue/index.ts';
