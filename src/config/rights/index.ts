export { checkGlobs, iamGlobs, Rights, type RightsList } from './rights.ts';
