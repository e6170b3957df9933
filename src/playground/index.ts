export { openPlayground, type Playground, PlaygroundRefusal, type PlaygroundSource } from './playground.ts';
