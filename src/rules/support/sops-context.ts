export { SOPS_CONFIG_GLOBS, sopsConfigFor } from '../../sops/config-of.ts';
