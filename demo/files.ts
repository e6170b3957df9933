import { join } from 'node:path';

/** Where the files of the demo are. */
export interface DemoFiles {
  /** The directory that contains dist/. */
  readonly checkout: string;
  /** The directory that contains demo/ and envoy/. */
  readonly root: string;
  readonly policies: string;
  readonly tests: string;
  readonly envoy: string;
  /** A directory: NAME.mjs is the function NAME. */
  readonly functions: string;
  readonly chat: string;
}

const checkout = join(import.meta.dirname, '..');

/** `root`: the checkout, or a copy of its demo/ and envoy/. */
export function demoFiles(root = checkout): DemoFiles {
  return {
    checkout,
    root,
    policies: join(root, 'demo/policies.yaml'),
    tests: join(root, 'demo/policies.test.yaml'),
    envoy: join(root, 'envoy/envoy.yaml'),
    functions: join(root, 'demo/functions'),
    chat: join(root, 'demo/streaming/chat.mjs'),
  };
}
