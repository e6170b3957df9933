import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The test files under `root`/test that start a real Envoy: those that import, directly or indirectly, the code that finds Envoy. */
export function testsWithEnvoy(root: string): readonly string[] {
  const goal = join(root, 'scripts/support/tools.ts');
  const known = new Map<string, boolean>();
  const leadsToEnvoy = (file: string): boolean => {
    const answer = known.get(file);
    if (answer !== undefined) return answer;
    // Ends the search in cyclic imports: the first call for this file continues it.
    known.set(file, false);
    const text = readFileSync(file, 'utf8');
    const found =
      file === goal ? false : imports(file, text).some((path) => leadsToEnvoy(path) || usesEnvoy(path, text));
    known.set(file, found);
    return found;
  };
  const usesEnvoy = (path: string, text: string) => path === goal && /\benvoyBinary\b/.test(text);
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(root, 'test', file))
    .filter(leadsToEnvoy)
    .map((file) => relative(root, file))
    .sort();
}

/** The project's own files that a file imports. Files that are imported only by an example inside a text do not exist and are left out. */
function imports(file: string, text: string): readonly string[] {
  const paths = [...text.matchAll(/from '(\.[^']+\.ts)'/g)].map(([, path]) => join(dirname(file), path ?? ''));
  return paths.filter((path) => existsSync(path));
}
