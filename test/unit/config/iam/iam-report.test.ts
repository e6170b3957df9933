// What `iam` tells of each way to name a function, a role or an identity, by the words of AWS's documentation.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IamOptions, IamReport } from '../../../../src/config/index.ts';
import { isAllowed } from '../../../support/iam-decision.ts';
import { reportOf } from '../../../support/iam-report.ts';

const machine: Partial<IamOptions> = { principal: 'arn:aws:iam::111111111111:role/gateway' };
const header = "{#request.headers['x'][0]}";

function reportOfSteps(configurations: readonly object[], outer: object = {}, options = machine): IamReport {
  const request = configurations.map((configuration, i) => ({ name: `s${i}`, configuration }));
  return reportOf({ ...outer, apis: { a: { request } } }, options);
}

function invoked(configuration: object, outer: object = {}, options = machine): readonly string[] {
  const { machine: own } = reportOfSteps([configuration], outer, options);
  return (own?.policy?.Statement ?? []).flatMap(({ Action, Resource = [] }) =>
    Action === 'lambda:InvokeFunction' ? Resource : [],
  );
}

describe('the ARN of a function', () => {
  const arn = 'arn:aws:lambda:eu-west-1:111111111111:function:f';
  const at = { region: 'eu-west-1' };
  const cases: readonly (readonly [configuration: object, expected: string, options?: Partial<IamOptions>])[] = [
    [{ function: 'f', ...at }, arn],
    [{ function: 'f:live', ...at }, `${arn}:live`],
    [{ function: 'f', qualifier: '7', ...at }, `${arn}:7`],
    [{ function: 'f:7', qualifier: '7', ...at }, `${arn}:7`],
    [{ function: 'f', qualifier: '$LATEST', ...at }, `${arn}:$LATEST`],
    [{ function: 'function:f', ...at }, arn],
    [{ function: '333333333333:function:f', ...at }, arn.replace('111111111111', '333333333333')],
    [{ function: '333333333333:function:f:live', ...at }, `${arn.replace('111111111111', '333333333333')}:live`],
    [{ function: `${arn}:live`, ...at }, `${arn}:live`],
    [{ function: 'f', invocationType: 'Event', ...at }, arn],
    [{ function: 'f' }, 'arn:aws:lambda:us-east-1:111111111111:function:f'],
    [{ function: 'f', region: 'fips-us-east-1' }, 'arn:aws:lambda:us-east-1:111111111111:function:f'],
    [{ function: 'f', ...at }, arn.replace('111111111111', '*'), {}],
    [{ function: 'f', ...at }, arn.replace('111111111111', '222222222222'), { account: '222222222222' }],
    [{ function: 'f', region: 'cn-north-1' }, 'arn:aws-cn:lambda:cn-north-1:*:function:f', {}],
    [{ function: 'f', region: 'us-gov-west-1' }, 'arn:aws-us-gov:lambda:us-gov-west-1:*:function:f', {}],
    [{ function: 'f', region: 'us-iso-east-1' }, 'arn:aws-iso:lambda:us-iso-east-1:*:function:f', {}],
  ];
  for (const [configuration, expected, options] of cases) {
    test(`${JSON.stringify(configuration)} ${JSON.stringify(options ?? {})} is ${expected}`, () => {
      assert.deepEqual(invoked(configuration, {}, options ?? machine), [expected]);
    });
  }

  test('a name that only the document decides is a name, though it is an expression', () => {
    const step = { function: "{#properties['f']}", ...at };
    const report = reportOf({ apis: { a: { properties: { f: 'f' }, request: [{ configuration: step }] } } }, machine);
    assert.deepEqual(report.machine?.policy?.Statement[0]?.Resource, [arn]);
    assert.deepEqual(report.notes, []);
  });
});

describe('what a request decides', () => {
  const prefix = 'arn:aws:lambda:us-east-1:111111111111:function:';

  test('is in no policy where nothing bounds it, and named with the list that would', () => {
    for (const [field, list] of [
      ['function', 'functions'],
      ['region', 'regions'],
    ] as const) {
      const report = reportOfSteps([{ function: 'f', [field]: header }]);
      assert.equal(report.machine?.policy, undefined);
      assert.match(
        report.notes.join('\n'),
        new RegExp(`^a\\.s0\\.configuration\\.${field}: .*\`allow\\.${list}\`$`, 'm'),
      );
    }
  });

  test('is what allow lists, apart from what the document names', () => {
    const allow = { functions: ['order-*', 'f'], regions: ['us-*'] };
    const { machine: own, notes } = reportOfSteps([{ function: 'f' }, { function: header }], { allow });
    assert.deepEqual(
      own?.policy?.Statement.map(({ Sid, Resource }) => [Sid, Resource]),
      [
        ['InvokeFunctions', [`${prefix}f`]],
        ['InvokeFunctionsNamedByRequests', [`${prefix}f:*`, `${prefix}order-*`, `${prefix}order-*:*`]],
      ],
    );
    assert.equal(notes.length, 1);
  });

  test('of a region is every region that both lists allow', () => {
    const functions = ['arn:aws:lambda:eu-*:333333333333:function:g', 'arn:aws:lambda:ap-*:333333333333:function:g'];
    const regions = ['eu-west-1', 'us-east-1'];
    const own = invoked({ function: header, region: header }, { allow: { functions, regions } });
    assert.deepEqual(own, [
      'arn:aws:lambda:eu-west-1:333333333333:function:g',
      'arn:aws:lambda:eu-west-1:333333333333:function:g:*',
    ]);
  });

  test('of a qualifier is every one of that function', () => {
    assert.deepEqual(invoked({ function: 'f', qualifier: header }), [`${prefix}f:*`]);
    const functions = ['arn:aws:lambda:*:*:function:g:v*'];
    assert.deepEqual(invoked({ function: header, qualifier: 'live' }, { allow: { functions } }), []);
    assert.deepEqual(invoked({ function: header, qualifier: 'v1' }, { allow: { functions } }), [
      'arn:aws:lambda:us-east-1:*:function:g:v1',
    ]);
    const latest = ['arn:aws:lambda:us-east-1:111111111111:function:g:$LATEST'];
    assert.deepEqual(invoked({ function: header }, { allow: { functions: latest } }), [
      `${prefix}g`,
      `${prefix}g:$LATEST`,
    ]);
  });

  test('a glob in the characters of IAM does not widen the policy', () => {
    const functions = ['order-??', 'order-{a}', 'fine-*'];
    assert.deepEqual(invoked({ function: header }, { allow: { functions } }), [`${prefix}fine-*`, `${prefix}fine-*:*`]);
  });
});

describe('roles', () => {
  const hub = 'arn:aws:iam::111111111111:role/hub';
  const tenant = 'arn:aws:iam::222222222222:role/path/tenant';
  const chain = {
    function: 'f',
    roleChain: [{ roleArn: hub }],
    roleArn: tenant,
    externalId: 'tenant-7',
    roleSessionName: 'gw',
  };

  test('each signs what it signs, and trusts the one before it', () => {
    const { machine: own, roles } = reportOfSteps([chain]);
    assert.deepEqual(
      own?.policy?.Statement.map(({ Action, Resource }) => [Action, Resource]),
      [['sts:AssumeRole', [hub]]],
    );
    assert.deepEqual(
      roles[hub]?.policy?.Statement.map(({ Action, Resource }) => [Action, Resource]),
      [['sts:AssumeRole', [tenant]]],
    );
    assert.deepEqual(
      roles[tenant]?.policy?.Statement.map(({ Resource }) => Resource),
      [['arn:aws:lambda:us-east-1:222222222222:function:f']],
    );
    assert.deepEqual(roles[tenant]?.trustPolicy?.Statement, [
      {
        Sid: 'AssumedByTheSidecar1',
        Effect: 'Allow',
        Principal: { AWS: hub },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'tenant-7', 'sts:RoleSessionName': 'gw' } },
      },
    ]);
    assert.deepEqual(roles[hub]?.trustPolicy?.Statement[0]?.Principal, { AWS: machine.principal });
  });

  test('a second way to assume a role is a statement of its own, and the first keeps its condition', () => {
    const direct = { function: 'f', roleArn: tenant, externalId: 'other' };
    const trust = reportOfSteps([chain, direct]).roles[tenant]?.trustPolicy;
    const asked = (principal: string, externalId: string, session = 'gw'): boolean =>
      isAllowed(trust, {
        action: 'sts:AssumeRole',
        principal,
        keys: { 'sts:ExternalId': externalId, 'sts:RoleSessionName': session },
      });
    const gateway = machine.principal ?? '';
    assert.deepEqual(
      [asked(hub, 'tenant-7'), asked(gateway, 'other', 'any'), asked(hub, 'tenant-7', 'any')],
      [true, true, false],
    );
    assert.deepEqual([asked(hub, 'other'), asked(gateway, 'tenant-7')], [false, false]);
  });

  test('a trust policy that is not complete gives nobody access', () => {
    const { roles, notes } = reportOfSteps([{ function: 'f', roleArn: tenant, externalId: header }], {}, {});
    const trust = roles[tenant]?.trustPolicy;
    assert.match(notes.join('\n'), /externalId: it depends on the request/);
    assert.match(notes.join('\n'), /the trust policy of .*tenant: give the ARN of the machine’s role with --principal/);
    for (const principal of [machine.principal ?? '', 'arn:aws:iam::999999999999:role/x']) {
      assert.ok(!isAllowed(trust, { action: 'sts:AssumeRole', principal, keys: { 'sts:ExternalId': 'tenant-7' } }));
    }
    assert.doesNotMatch(JSON.stringify(roles), /"AWS":"\*"/);
  });

  test('with an account alone the account is trusted, in the partition of the role', () => {
    const roleArn = 'arn:aws-cn:iam::222222222222:role/r';
    const step = { function: 'f', region: 'cn-north-1', roleArn };
    const { roles, notes } = reportOfSteps([step], {}, { account: '111111111111' });
    assert.deepEqual(roles[roleArn]?.trustPolicy?.Statement[0]?.Principal, {
      AWS: 'arn:aws-cn:iam::111111111111:root',
    });
    assert.equal(notes.length, 1);
  });

  test('roles that requests name are what allow lists, and none without it', () => {
    const step = { function: 'f', roleArn: `arn:aws:iam::222222222222:role/t-${header}` };
    const bare = reportOfSteps([step]);
    assert.deepEqual([bare.machine?.policy, bare.roles], [undefined, {}]);
    const glob = 'arn:aws:iam::222222222222:role/t-*';
    const { machine: own, roles } = reportOfSteps([step], { allow: { roles: [glob] } });
    assert.deepEqual(
      own?.policy?.Statement.map(({ Sid, Resource }) => [Sid, Resource]),
      [['AssumeRolesNamedByRequests', [glob]]],
    );
    assert.deepEqual(roles[glob]?.policy?.Statement[0]?.Resource, ['arn:aws:lambda:us-east-1:222222222222:function:f']);
  });

  test('a role that such a role assumes trusts those roles alone', () => {
    const glob = 'arn:aws:iam::222222222222:role/t-*';
    const step = {
      function: 'f',
      roleChain: [{ roleArn: `arn:aws:iam::222222222222:role/t-${header}` }],
      roleArn: 'arn:aws:iam::444444444444:role/last',
    };
    const trust = reportOfSteps([step], { allow: { roles: [glob] } }).roles[step.roleArn]?.trustPolicy;
    const asked = (principal: string): boolean => isAllowed(trust, { action: 'sts:AssumeRole', principal });
    assert.ok(asked('arn:aws:iam::222222222222:role/t-1'));
    assert.ok(!asked('arn:aws:iam::222222222222:role/other'));
    assert.ok(!asked('arn:aws:iam::333333333333:role/t-1'));
  });

  test('session tags are allowed on both sides of each role', () => {
    const { machine: own, roles } = reportOfSteps([chain], {}, { ...machine, sessionTags: true });
    const actions = ['sts:AssumeRole', 'sts:TagSession'];
    assert.deepEqual(own?.policy?.Statement[0]?.Action, actions);
    for (const arn of [hub, tenant]) assert.deepEqual(roles[arn]?.trustPolicy?.Statement[0]?.Action, actions);
    assert.deepEqual(roles[hub]?.policy?.Statement[0]?.Action, actions);
    const both = reportOfSteps([chain], {}, { ...machine, sessionTags: true, sourceIdentity: true });
    assert.deepEqual(both.roles[hub]?.policy?.Statement[0]?.Action, [
      'sts:AssumeRole',
      'sts:SetSourceIdentity',
      'sts:TagSession',
    ]);
  });

  test('a session that is longer than an hour needs a role that allows it', () => {
    const step = { function: 'f', roleArn: tenant, durationSeconds: 7_200 };
    assert.equal(reportOfSteps([step]).roles[tenant]?.maxSessionDuration, 7_200);
    assert.equal(reportOfSteps([chain]).roles[tenant]?.maxSessionDuration, undefined);
  });
});

describe('identities', () => {
  test('keys are reported by the step that uses them first, and neither key is shown', () => {
    const keys = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI' };
    const report = reportOfSteps([{ function: 'f', ...keys }, { function: 'g', ...keys }, { function: 'h' }]);
    assert.deepEqual(Object.keys(report.keys), ['a.s0']);
    assert.deepEqual(report.keys['a.s0']?.usedBy, ['a.s0', 'a.s1']);
    assert.deepEqual(report.keys['a.s0']?.policy?.Statement[0]?.Resource, [
      'arn:aws:lambda:us-east-1:*:function:f',
      'arn:aws:lambda:us-east-1:*:function:g',
    ]);
    assert.deepEqual(report.machine?.usedBy, ['a.s2']);
    assert.doesNotMatch(JSON.stringify(report), /AKIA|wJalr/);
  });

  test('a document without steps of the machine has no policy for it', () => {
    assert.equal(reportOf({}).machine, null);
  });

  test('a function in another account needs a resource policy, too', () => {
    const { notes } = reportOfSteps([{ function: '333333333333:function:f' }]);
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? '', /333333333333:function:f is not in account 111111111111: .*add-permission/);
  });

  test('a policy that is too large for a managed policy of AWS is reported', () => {
    const steps = Array.from({ length: 100 }, (_, i) => ({ function: `a-function-with-a-long-name-${i}` }));
    assert.match(reportOfSteps(steps).notes.join('\n'), /has \d+ characters: AWS accepts 6144/);
    assert.deepEqual(reportOfSteps(steps.slice(0, 50)).notes, []);
  });
});

describe('inline policies', () => {
  const roles = ['arn:aws:iam::222222222222:role/pub-*'];

  test('may call what inline lists, as the identity of defaults', () => {
    const defaults = { region: 'eu-west-1', roleArn: 'arn:aws:iam::222222222222:role/own' };
    const inline = { functions: ['pub-*'], regions: ['us-east-1'] };
    const report = reportOf({ inline, defaults }, machine);
    assert.deepEqual(
      report.machine?.policy?.Statement.map(({ Resource }) => Resource),
      [[defaults.roleArn]],
    );
    assert.deepEqual(report.roles[defaults.roleArn]?.policy?.Statement, [
      {
        Sid: 'InvokeFunctionsOfInlinePolicies',
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: [
          'arn:aws:lambda:eu-west-1:222222222222:function:pub-*',
          'arn:aws:lambda:eu-west-1:222222222222:function:pub-*:*',
          'arn:aws:lambda:us-east-1:222222222222:function:pub-*',
          'arn:aws:lambda:us-east-1:222222222222:function:pub-*:*',
        ],
      },
    ]);
  });

  test('may assume what inline lists, and call its functions with it', () => {
    const report = reportOf({ inline: { functions: ['pub-*'], roles } }, machine);
    assert.deepEqual(report.machine?.policy?.Statement.map(({ Sid, Resource }) => [Sid, Resource]).at(-1), [
      'AssumeRolesOfInlinePolicies',
      roles,
    ]);
    assert.ok(roles[0] !== undefined && report.roles[roles[0]]?.policy !== undefined);
  });

  test('may call the function of defaults', () => {
    const report = reportOf({ inline: {}, defaults: { function: 'f', qualifier: 'live' } }, machine);
    assert.deepEqual(
      report.machine?.policy?.Statement.map(({ Resource }) => Resource),
      [['arn:aws:lambda:us-east-1:111111111111:function:f:live']],
    );
    assert.equal(reportOf({ inline: {} }, machine).machine?.policy, undefined);
  });
});
