// What `check` says of entries in typed_per_filter_config is what a real Envoy makes of them: it takes most mistakes silently.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../../scripts/support/temporary-directory.ts';
import { envoyBinary } from '../../scripts/support/tools.ts';
import { check, isError, spoilt } from '../unit/config/envoy-checks.ts';
import { goodEnvoy } from '../unit/config/envoy-fixture.ts';

const HTTP = 'type.googleapis.com/envoy.extensions.filters.http';
const perRoute = `"@type": ${HTTP}.ext_proc.v3.ExtProcPerRoute`;
const wrapper = '"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig';
const service = 'grpc_service: {envoy_grpc: {cluster_name: lambda-ext-proc}}';
const base = goodEnvoy.replace(/overload_manager:\n.*\n/, '');

const CASES: readonly (readonly [name: string, entry: string, envoy: 'takes' | 'refuses'])[] = [
  ['a misspelt name', `extproc: {${perRoute}, overrides: {}}`, 'takes'],
  ['our message under the name of the router', `envoy.filters.http.router: {${perRoute}, overrides: {}}`, 'takes'],
  ['the message of another filter', `ext_proc: {"@type": ${HTTP}.lua.v3.LuaPerRoute, disabled: true}`, 'takes'],
  ["the filter's own message", `ext_proc: {"@type": ${HTTP}.ext_proc.v3.ExternalProcessor, ${service}}`, 'refuses'],
  ['disabled false', `ext_proc: {${perRoute}, disabled: false}`, 'refuses'],
  ['disabled beside overrides', `ext_proc: {${perRoute}, disabled: true, overrides: {}}`, 'refuses'],
  [
    'a misspelt name in an optional wrapper',
    `extproc: {${wrapper}, is_optional: true, config: {${perRoute}, overrides: {}}}`,
    'takes',
  ],
];

for (const [name, entry, envoy] of CASES) {
  test(`envoy ${envoy} ${name}, and check tells it`, () => {
    const place = 'domains: ["*"]';
    const text = spoilt(place, `${place}\n                      typed_per_filter_config: {${entry}}`, base);
    const directory = temporaryDirectory('names-');
    try {
      const file = join(directory.path, 'envoy.yaml');
      writeFileSync(file, text);
      const args = ['--mode', 'validate', '-c', file, '--disable-hot-restart'];
      const { status, stderr } = spawnSync(envoyBinary(), args, { encoding: 'utf8' });
      assert.equal(status, envoy === 'takes' ? 0 : 1, stderr);
    } finally {
      directory.remove();
    }
    const told = check(text).filter((line) => isError(line) && line.includes('typed_per_filter_config'));
    assert.ok(told.length > 0 || check(text).some((line) => isError(line) && /rejects the routes/.test(line)));
  });
}
