export { openPlayground } from './playground.ts';
export { PlaygroundRefusal, type PlaygroundSource } from './playground-source.ts';
