export { checkManifests } from './check-manifests.ts';
export { isManifest } from './manifests.ts';
