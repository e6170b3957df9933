import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { IamPolicy } from '../../src/formats/authorizer/iam-policy.ts';
import { methodArn, stageArn } from '../../src/formats/authorizer/method-arn.ts';
import { decide } from './iam-rules.ts';
import { seededRandom } from './seeded-random.ts';

/** Judges so many generated policies and requests by both evaluators; gives how often each verdict came. */
function comparePolicies(seed: number, count: number): ReadonlyMap<string, number> {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly [T, ...T[]]): T => list[Math.floor(random() * list.length)] ?? list[0];
  const some = <T>(make: () => T): T | T[] => {
    return random() < 0.5 ? make() : Array.from({ length: 1 + Math.floor(random() * 3) }, make);
  };
  const word = () => pick(['orders', 'users', 'a', 'aa', 'ab', 'admin', 'x-1', '7', 'a%20b']);
  const arnParts = () => ({
    region: pick(['us-east-1', 'eu-west-1']),
    accountId: pick(['123456789012', '000000000000']),
    apiId: pick(['a1b2c3', 'zz']),
    stage: pick(['prod', 'test', '$default']),
    method: pick(['GET', 'POST', 'DELETE']),
    path: `/${Array.from({ length: Math.floor(random() * 4) }, word).join('/')}`,
  });
  const holed = (text: string) =>
    [...text].map((char) => (random() < 0.04 ? pick(['*', '?', '**', '']) : char)).join('') || '*';
  const verdicts = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const parts = arnParts();
    const arnOf = (one: typeof parts) => methodArn(stageArn(one), one.method, one.path);
    const arn = arnOf(parts);
    const resource = () => {
      const near = random() < 0.7 ? arn.text : arnOf({ ...parts, ...arnParts() }).text;
      const cut = random() < 0.4 ? `${near.slice(0, Math.floor(random() * near.length))}*` : near;
      return pick(['*', cut, cut, cut, holed(cut), holed(cut), 'arn:aws:s3:::*']);
    };
    const action = () =>
      pick([
        'execute-api:Invoke',
        'execute-api:Invoke',
        'EXECUTE-API:invoke',
        'execute-api:*',
        '*',
        'execute-api:Inv*',
        's3:*',
        'execute-api:InvokeX',
        'execute-api:Invok?',
      ]);
    const statement = () => ({
      Effect: pick(['Allow', 'Allow', 'Deny']),
      ...(random() < 0.93 ? { Action: some(action) } : { NotAction: some(action) }),
      ...(random() < 0.85 ? { Resource: some(resource) } : { NotResource: some(resource) }),
      ...(random() < 0.08 && { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
    });
    const statements = Array.from({ length: 1 + Math.floor(random() * 3) }, statement);
    const verdict = IamPolicy.read({ Version: '2012-10-17', Statement: statements }).judge(arn).verdict;
    const isPlain = arn.readings.length === 1;
    const expected = decide(statements, arn.text);
    const place = JSON.stringify({ seed, index, arn: arn.text, statements });
    // A path that a backend may read otherwise is judged more strictly, never less.
    if (isPlain) assert.equal(verdict, expected, place);
    else if (verdict === 'allow') assert.equal(expected, 'allow', place);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }
  return verdicts;
}

/** Holds generated policies against the evaluator; prints the seed and how many of each verdict there were. */
export function holdPolicies(t: TestContext, policies: number): void {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const verdicts = comparePolicies(seed, policies);
  t.diagnostic(`seed ${seed}: ${JSON.stringify(Object.fromEntries(verdicts))}`);
  assert.equal(verdicts.size, 3);
  for (const count of verdicts.values()) assert.ok(count > 100);
}
