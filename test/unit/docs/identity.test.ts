// docs/guides/identity.md and docs/reference/iam.md: their policies are what `iam` prints, and each trust policy takes whom the page
// says, and nobody beside it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { IamPolicy, IamReport } from '../../../src/config/index.ts';
import { filesOf, runMain } from '../../support/command.ts';
import { isAllowed } from '../../support/iam-decision.ts';

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../../../docs', name), 'utf8');
const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);

const guide = page('guides/identity.md');
const reference = page('reference/iam.md');

/** The part of the guide under `## title`. */
function section(title: string): string {
  const [, text] = guide.split(`\n## ${title}`);
  assert.ok(text !== undefined, title);
  return text.split('\n## ')[0] ?? '';
}

function policyIn(title: string): IamPolicy {
  const [json = ''] = blocks(section(title), 'json');
  return JSON.parse(json) as IamPolicy;
}

test('the reference has what the command prints for its document', async (t) => {
  const [document = ''] = blocks(reference, 'yaml');
  const [line = ''] = blocks(reference, 'sh');
  const [expected = ''] = blocks(reference, 'json');
  const { p } = filesOf(t, { p: document });
  const args = line
    .trim()
    .split(' ')
    .slice(1)
    .map((arg) => (arg === 'policies.yaml' ? p : arg));
  const { code, stdout, stderr } = await runMain(args);
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(stdout, expected);
});

test('the policies of the guide are what its commands print for its documents', async (t) => {
  const documents = blocks(guide, 'yaml').filter((text) => text.startsWith('# policies.yaml'));
  const lines = blocks(guide, 'sh');
  assert.deepEqual([documents.length, lines.length], [2, 2]);
  const reports: IamReport[] = [];
  for (const [i, document] of documents.entries()) {
    const { p } = filesOf(t, { p: document });
    const command = (lines[i] ?? '').split(/[|>]/)[0] ?? '';
    const args = command
      .trim()
      .split(' ')
      .slice(1)
      .map((arg) => (arg === 'policies.yaml' ? p : arg));
    const { code, stdout } = await runMain(args);
    assert.equal(code, 0);
    reports.push(JSON.parse(stdout) as IamReport);
  }
  const [machine = ''] = blocks(guide, 'json');
  assert.deepEqual(JSON.parse(machine), reports[0]?.machine?.policy);
  const role = reports[1]?.roles['arn:aws:iam::222222222222:role/invoke-tier'];
  assert.deepEqual(policyIn('Functions in other accounts'), role?.trustPolicy);
});

interface Trusted {
  readonly title: string;
  readonly service?: string;
  readonly federated?: string;
  readonly actions: readonly string[];
  readonly keys: Readonly<Record<string, string>>;
}

const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE';
const trusted: readonly Trusted[] = [
  {
    title: 'EKS Pod Identity',
    service: 'pods.eks.amazonaws.com',
    actions: ['sts:AssumeRole', 'sts:TagSession'],
    keys: {
      'aws:SourceAccount': '111111111111',
      'aws:RequestTag/eks-cluster-name': 'production',
      'aws:RequestTag/kubernetes-namespace': 'envoy-gateway-system',
      'aws:RequestTag/kubernetes-service-account': 'envoy-lambda',
    },
  },
  {
    title: 'IRSA',
    federated: `arn:aws:iam::111111111111:oidc-provider/${issuer}`,
    actions: ['sts:AssumeRoleWithWebIdentity'],
    keys: {
      [`${issuer}:aud`]: 'sts.amazonaws.com',
      [`${issuer}:sub`]: 'system:serviceaccount:envoy-gateway-system:envoy-lambda',
    },
  },
  {
    title: 'ECS and Fargate',
    service: 'ecs-tasks.amazonaws.com',
    actions: ['sts:AssumeRole'],
    keys: {
      'aws:SourceAccount': '111111111111',
      'aws:SourceArn': 'arn:aws:ecs:eu-west-1:111111111111:task/production/1',
    },
  },
  { title: 'EC2', service: 'ec2.amazonaws.com', actions: ['sts:AssumeRole'], keys: {} },
  {
    title: 'On premises',
    service: 'rolesanywhere.amazonaws.com',
    actions: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    keys: {
      'aws:PrincipalTag/x509Subject/CN': 'gateway.example.com',
      'aws:SourceArn': 'arn:aws:rolesanywhere:eu-west-1:111111111111:trust-anchor/TRUST-ANCHOR',
    },
  },
];

describe('a trust policy of the guide', () => {
  for (const { title, service, federated, actions, keys } of trusted) {
    test(`${title}: takes its machine, and no other value of any condition`, () => {
      const policy = policyIn(title);
      const asked = (action: string, values: Readonly<Record<string, string>>, other?: string): boolean =>
        isAllowed(policy, {
          action,
          keys: values,
          ...(service === undefined ? {} : { service: other ?? service }),
          ...(federated === undefined ? {} : { federated: other ?? federated }),
        });
      for (const action of actions) {
        assert.ok(asked(action, keys), action);
        assert.ok(!asked(action, keys, 'lambda.amazonaws.com'), 'another principal');
        for (const key of Object.keys(keys)) {
          assert.ok(!asked(action, { ...keys, [key]: '999999999999' }), key);
          assert.ok(!asked(action, Object.fromEntries(Object.entries(keys).filter(([name]) => name !== key))), key);
        }
      }
      assert.ok(!asked('sts:GetFederationToken', keys));
    });
  }
});

test('the service account of IRSA is the one that its trust policy names', () => {
  const [account = ''] = blocks(section('IRSA'), 'yaml');
  const { metadata } = parse(account) as { metadata: { name: string; namespace: string; annotations: object } };
  const trust = JSON.stringify(policyIn('IRSA'));
  assert.ok(trust.includes(`system:serviceaccount:${metadata.namespace}:${metadata.name}`));
  assert.deepEqual(metadata.annotations, { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111111111111:role/gateway' });
});
