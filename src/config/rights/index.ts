export { checkGlobs, Rights, type RightsList } from './rights.ts';
