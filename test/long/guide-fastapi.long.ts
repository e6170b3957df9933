// The guide for FastAPI as it stands there: its function with Mangum, its policies, its commands, through a real Envoy.
import { join } from 'node:path';
import { test } from 'node:test';
import { installMangum } from '../../scripts/setup/mangum.mjs';
import { readGuide, runGuide } from '../support/guide.ts';
import { pythonFunction } from '../support/python-function.ts';

test('the guide bring-your-fastapi-app works as written', async (t) => {
  const python = installMangum(join(import.meta.dirname, '../..'));
  const guide = readGuide('bring-your-fastapi-app');
  const app = pythonFunction(python, guide.functionFile(t));
  t.after(() => app.stop());
  await runGuide(t, guide, app.handler);
});
