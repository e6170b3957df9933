import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.env.SITE_REPOSITORY ?? '';

interface Entry {
  readonly text: string;
  readonly link: string;
}

/** Guides in the order in which a reader needs them; a guide that no group has is under "More guides". */
const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['Start', ['first-policy', 'try-a-policy', 'test-your-policies', 'check-in-ci', 'run-on-this-machine']],
  [
    'Use cases',
    [
      'enrich',
      'authorize',
      'transform-a-response',
      'answer-instead-of-the-backend',
      'fire-and-forget',
      'mock-a-backend',
      'bodies',
      'cache-results',
    ],
  ],
  [
    'Bring your function',
    [
      'bring-your-lambda-authorizer',
      'bring-your-api-gateway-lambda',
      'bring-your-function-url-lambda',
      'bring-your-alb-lambda',
      'bring-your-express-app',
      'bring-your-fastapi-app',
      'stream-from-a-lambda',
      'llm-chat',
    ],
  ],
  ['Deploy', ['identity', 'life-in-a-pod', 'helm', 'envoy-gateway', 'istio', 'kgateway']],
];

const titleOf = (file: string): string => /^# (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1] ?? file;
const entry = (file: string): Entry => ({
  text: titleOf(file).replaceAll('`', ''),
  link: `/${file.replace(/\.md$/, '')}`,
});
const entries = (files: readonly string[]): Entry[] => files.filter((file) => existsSync(join(root, file))).map(entry);
const guide = (name: string): string => `docs/guides/${name}.md`;

function guideSidebar(): unknown[] {
  const grouped = new Set(GROUPS.flatMap(([, names]) => names.map(guide)));
  const others = globSync('docs/guides/*.md', { cwd: root })
    .filter((file) => !grouped.has(file))
    .sort();
  const groups = GROUPS.map(([text, names]) => ({ text, items: entries(names.map(guide)) }));
  return [...groups, { text: 'More guides', items: entries(others) }].filter(({ items }) => items.length > 0);
}

const reference = [{ text: 'Reference', items: entries(globSync('docs/reference/*.md', { cwd: root }).sort()) }];
const project = [
  {
    text: 'Project',
    items: entries([
      'docs/security.md',
      'docs/performance.md',
      'docs/compatibility.md',
      'docs/architecture.md',
      'docs/dependencies.md',
      'docs/notes/envoy.md',
      'docs/notes/reference-policy.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'RELEASES.md',
    ]),
  },
];
const guides = guideSidebar();

/** The anchors of headings as GitHub makes them, so that a link works in both places. */
const slugify = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');

interface Renderer {
  readonly renderer: {
    readonly rules: Record<string, ((...args: readonly unknown[]) => string) | undefined>;
  };
}

/** Vue would evaluate two braces in a text: they are written as entities. */
function escapeBraces({ renderer: { rules } }: Renderer): void {
  for (const name of ['text', 'code_inline']) {
    const rule = rules[name];
    if (rule !== undefined) rules[name] = (...args) => rule(...args).replaceAll('{{', '&#123;&#123;');
  }
}

export default {
  title: 'lambda-ext-proc',
  description: 'Call AWS Lambda from Envoy in the request or response phase, by configuration alone',
  srcDir: 'src',
  outDir: 'dist',
  cleanUrls: false,
  // Dead links of pages fail the build; test/long/site.long.ts looks at anchors.
  ignoreDeadLinks: false,
  markdown: { config: escapeBraces, anchor: { slugify }, languageAlias: { text: 'txt' } },
  themeConfig: {
    nav: [
      { text: 'Guides', link: '/docs/guides/try-a-policy', activeMatch: '/docs/guides/' },
      { text: 'Reference', link: '/docs/reference/configuration', activeMatch: '/docs/reference/' },
      { text: 'Project', link: '/docs/security', activeMatch: '/docs/[^/]+$' },
    ],
    sidebar: {
      '/docs/guides/': guides,
      '/docs/reference/': reference,
      '/files/': [],
      '/docs/': project,
      '/': [...guides, ...reference, ...project],
    },
    outline: { level: [2, 3] },
    search: { provider: 'local' },
  },
};
