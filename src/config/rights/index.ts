export { partitionOf } from './function-globs.ts';
export { checkGlobs, iamGlobs, Rights, type RightsList } from './rights.ts';
