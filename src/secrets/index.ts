export { classify } from './classify.ts';
export { KINDS, type Kind } from './catalogue/index.ts';
