// Writes deploy/grafana/dashboard.json and deploy/prometheus/rules.yaml from the metrics' catalogue. With --check it writes nothing and
// exits with 1 if a file differs from what it would write.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboard } from './observability/dashboard.ts';
import { rulesText } from './observability/rules.ts';

const files = {
  'deploy/grafana/dashboard.json': `${JSON.stringify(dashboard(), null, 2)}\n`,
  'deploy/prometheus/rules.yaml': rulesText(),
};
for (const [name, text] of Object.entries(files)) {
  const file = join(import.meta.dirname, '..', name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${name} is stale (run \`npm run generate\`)`);
    process.exitCode = 1;
  }
}
