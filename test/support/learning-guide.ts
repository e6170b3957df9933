import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const guides = join(import.meta.dirname, '../../docs/guides');

/** A page of docs/guides/ whose files a reader puts into demo/ while `npm start` runs. */
export interface LearningGuide {
  readonly name: string;
  /** The route's and the API's name, and that of its function. */
  readonly api: string;
  readonly functionName: string;
  readonly commands: readonly { readonly line: string; readonly prints: string }[];
  /** Puts the function, the policy, the route and the tests where the page says. */
  putInto(root: string): void;
}

/** `firstRoute`: the block of Your first policy, which the other pages change. `prefix`: where it is not the API's name. */
export function learningGuide(name: string, prefix?: string): LearningGuide {
  const blocks = blocksOf(name);
  const block = (kind: RegExp): { readonly path: string; readonly text: string } => {
    const found = blocks.filter(({ text }) => kind.test(text));
    const [text = ''] = found.map((one) => one.text);
    if (found.length !== 1) throw new Error(`${name} has ${found.length} blocks that begin with ${kind}`);
    return { path: /^\W+(\S+)\n/.exec(text)?.[1] ?? '', text };
  };
  const code = block(/^\/\/ demo\/functions\//);
  const policy = block(/^# demo\/policies\.yaml\n/);
  const tests = block(/^# demo\/[\w-]+\.test\.yaml\n/);
  const api = /^ {2}([\w-]+):$/m.exec(policy.text)?.[1] ?? '';
  const first = blocksOf('first-policy').find(({ text }) => text.startsWith('# envoy/envoy.yaml\n'))?.text ?? '';
  const route = first
    .replace('prefix: /greet', `prefix: ${prefix ?? `/${api}`}`)
    .replace('name: greet', `name: ${api}`)
    .replace('value: greet', `value: ${api}`);
  return {
    name,
    api,
    functionName: code.path.replace(/^.*\/|\.mjs$/g, ''),
    commands: blocks.flatMap(({ language, text }, index) =>
      language === 'sh' ? [{ line: text.trim(), prints: blocks[index + 1]?.text.trim() ?? '' }] : [],
    ),
    putInto(root) {
      writeFileSync(join(root, code.path), code.text);
      writeFileSync(join(root, tests.path), tests.text);
      appendFileSync(join(root, policy.path), policy.text);
      const envoy = join(root, 'envoy/envoy.yaml');
      writeFileSync(
        envoy,
        readFileSync(envoy, 'utf8').replace(/^ {22}routes:\n/m, (line) => `${line}${route}`),
      );
    },
  };
}

function blocksOf(name: string): readonly { readonly language: string; readonly text: string }[] {
  const page = readFileSync(join(guides, `${name}.md`), 'utf8');
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }));
}
