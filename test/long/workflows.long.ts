import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { goTool, hasGo } from '../../scripts/support/go-tool.ts';

const root = join(import.meta.dirname, '../..');

test('actionlint finds nothing in the workflows', { skip: hasGo() ? false : 'no Go here' }, () => {
  // Programs beside it (shellcheck, pyflakes) are taken where they are; what it finds must not depend on the machine.
  execFileSync(goTool('actionlint'), ['-shellcheck=', '-pyflakes='], { cwd: root, stdio: 'inherit' });
});
