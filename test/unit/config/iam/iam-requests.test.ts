// Random documents and requests: what their steps really call is allowed by the policies that `iam` prints, link by link of
// each chain of roles, and what differs in one part from all that they call is not. The policies are read by a second reading
// of IAM. IAM_DOCUMENTS and IAM_SEED choose others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Invocation } from '../../../../src/lambda/index.ts';
import { isAllowed } from '../../../support/iam-decision.ts';
import { calledArn, reportOf, rolesOf } from '../../../support/iam-report.ts';
import { policyRun } from '../../../support/policy-run.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const documents = Number(process.env.IAM_DOCUMENTS ?? 250);
const seed = Number(process.env.IAM_SEED ?? Date.now() % 1_000_000);
const principal = 'arn:aws:iam::111111111111:role/gateway';
const random = seededRandom(seed);

function pick<T>(...items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

/** A text that is in the document, or the value of a header of the request. */
function maybeAsked(text: string, headers: Record<string, string>): string {
  return random() < 0.6 ? text : asked(text, headers);
}

function asked(text: string, headers: Record<string, string>): string {
  const name = `x-${Object.keys(headers).length}`;
  headers[name] = text;
  return `{#request.headers['${name}'][0]}`;
}

function functionName(region: string): string {
  const account = pick('111111111111', '333333333333');
  const version = pick('', ':live', ':7', ':$LATEST');
  const name = pick('order-a', 'order-b', 'tenant_1', 'other');
  return pick(
    `${name}${version}`,
    name,
    `${account}:function:${name}${version}`,
    `arn:aws:lambda:${region}:${account}:function:${name}${version}`,
  );
}

interface Case {
  readonly document: object;
  readonly headers: Readonly<Record<string, string>>;
}

function randomCase(): Case {
  const headers: Record<string, string> = {};
  const steps = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const region = pick('us-east-1', 'eu-west-1');
    const called = functionName(region);
    const hasVersion = /:(?:live|7|\$LATEST)$/.test(called);
    // A request may name a role that its step names elsewhere, whatever `allow` says; the policies are closed there.
    const roleOf = (...names: readonly [string, ...string[]]): string => {
      return `arn:aws:iam::${pick('111111111111', '222222222222')}:role/${pick(...names)}`;
    };
    const role = (): string => (random() < 0.5 ? roleOf('a', 'b') : asked(roleOf('t-1', 't-2'), headers));
    const configuration = {
      function: maybeAsked(called, headers),
      region: maybeAsked(region, headers),
      ...(!hasVersion && random() < 0.3 ? { qualifier: maybeAsked(pick('live', '8'), headers) } : {}),
      ...(random() < 0.3 ? { roleChain: [{ roleArn: role() }] } : {}),
      ...(random() < 0.3 ? { roleArn: role(), ...pick({}, { externalId: 'e-1' }) } : {}),
      ...(random() < 0.2 ? { accessKey: 'AKIDEXAMPLE', secretKey: 'secret' } : {}),
    };
    return { onError: 'continue', configuration };
  });
  const lists = {
    functions: pick(
      ['order-*'],
      ['*'],
      ['order-a', 'arn:aws:lambda:*:333333333333:function:*'],
      ['arn:aws:lambda:us-east-1:*:function:order-*:l*'],
    ),
    regions: pick(['*'], ['us-*'], ['eu-west-1', 'us-east-1']),
    roles: pick(['arn:aws:iam::222222222222:role/t-*'], ['arn:aws:iam::*:role/*']),
  };
  const allow = Object.fromEntries(Object.entries(lists).filter(() => random() < 0.8));
  return { document: { allow, apis: { default: { request: steps } } }, headers };
}

interface Asked {
  readonly signer: string;
  readonly action: string;
  readonly resource: string;
  readonly externalId: string | undefined;
}

/** What AWS is asked for one call: each role by the one before it, and the function by the last. */
function askedBy(invocation: Invocation): readonly Asked[] {
  const { credentials } = invocation;
  let signer = credentials.accessKey === undefined ? 'machine' : 'keys';
  const links: Asked[] = [];
  for (const role of rolesOf(credentials)) {
    const { externalId } = role as { externalId?: string };
    links.push({ signer, action: 'sts:AssumeRole', resource: role.roleArn, externalId });
    signer = role.roleArn;
  }
  const account = signer === 'machine' ? '111111111111' : (signer.split(':')[4] ?? '777777777777');
  return [
    ...links,
    { signer, action: 'lambda:InvokeFunction', resource: calledArn(invocation, account), externalId: undefined },
  ];
}

test(`what ${documents} random documents call is allowed, and nothing beside it is (seed ${seed})`, async (t) => {
  const seen = { calls: 0, assumed: 0, byRequest: 0, refused: 0, others: 0, left: 0 };
  for (let i = 0; i < documents; i++) {
    const { document, headers } = randomCase();
    const report = reportOf(document, { principal });
    const run = policyRun(document, { headers });
    await run.request();
    const policiesOf = (signer: string) => {
      if (signer === 'machine') return report.machine === null ? [] : [report.machine];
      if (signer === 'keys') return Object.values(report.keys);
      const fits = (glob: string): boolean =>
        isAllowed({ Statement: [{ Effect: 'Allow', Action: '*', Resource: glob }] }, { action: 'x', resource: signer });
      return Object.entries(report.roles).flatMap(([arn, role]) => (fits(arn) ? [role] : []));
    };
    const allows = ({ signer, action, resource }: Asked): boolean =>
      policiesOf(signer).some(({ policy }) => isAllowed(policy, { action, resource }));
    const told = report.notes.some((note) => note.includes('so it is in no policy'));
    const all = run.invocations.flatMap(askedBy);
    seen.calls += run.invocations.length;
    const text = JSON.stringify(document);
    for (const one of all) {
      const allowed = allows(one);
      if (!allowed && told) {
        // A field that nothing bounds is left to the reader, and the notes say so.
        seen.left++;
        continue;
      }
      assert.ok(
        allowed,
        `seed ${seed}, document ${i}: ${JSON.stringify(one)} is not allowed: ${text} ${JSON.stringify(report)}`,
      );
      if (one.action === 'sts:AssumeRole') {
        seen.assumed++;
        const from = one.signer === 'machine' ? principal : one.signer;
        if (from === 'keys') continue;
        const trusted = policiesOf(one.resource).some(({ trustPolicy }) =>
          isAllowed(trustPolicy, {
            action: one.action,
            principal: from,
            keys: one.externalId === undefined ? {} : { 'sts:ExternalId': one.externalId },
          }),
        );
        if (!trusted && (told || report.notes.some((note) => note.includes('instead of')))) {
          seen.left++;
          continue;
        }
        assert.ok(trusted, `seed ${seed}, document ${i}: ${from} may not assume ${one.resource}: ${text}`);
      }
    }
    // The policy is no wider than the document: what no list and no step names is refused to everybody.
    const wide =
      JSON.stringify(report).includes(':function:*"') || text.includes('"*"') || text.includes('function:*"');
    if (!wide) {
      for (const signer of ['machine', 'keys', ...Object.keys(report.roles)]) {
        seen.others++;
        const resource = 'arn:aws:lambda:us-east-1:111111111111:function:never-named';
        assert.ok(!allows({ signer, action: 'lambda:InvokeFunction', resource, externalId: undefined }), text);
      }
    }
    for (const { signer, action, resource } of all) {
      for (const other of othersOf(resource)) {
        if (text.includes('{#') || all.some((one) => one.resource === other && one.signer === signer)) continue;
        seen.refused++;
        assert.ok(
          !allows({ signer, action, resource: other, externalId: undefined }),
          `seed ${seed}, document ${i}: ${other} is allowed to ${signer}: ${text}`,
        );
      }
    }
    if (text.includes('{#')) seen.byRequest++;
  }
  t.diagnostic(`seed ${seed}: ${JSON.stringify(seen)}`);
  assert.ok(
    Object.values(seen).every((count) => count > documents / 20),
    JSON.stringify(seen),
  );
});

/** The same but for one part. */
function othersOf(arn: string): readonly string[] {
  if (!arn.includes(':function:')) return [`${arn}x`, arn.replace(/\d{12}/, '999999999999'), arn.replace(/.$/, '')];
  const isQualified = arn.split(':').length > 7;
  return [
    `${arn}x`,
    arn.replace(/:(?:us-east|eu-west)-1:/, ':ap-south-1:'),
    isQualified ? arn.replace(/:[^:]+$/, '') : `${arn}:live2`,
    arn.replace(/[^:]+$/, 'another'),
  ];
}
