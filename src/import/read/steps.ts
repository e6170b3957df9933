import type { Guard, Step } from '../definition.ts';
import type { ReadContext } from './context.ts';
import { readLambdaConfiguration } from './lambda-configuration.ts';
import { otherPolicy } from './other-policies.ts';
import type { Reader } from './reader.ts';

const LAMBDA_POLICY = 'aws-lambda';
const SHARED_GROUP_POLICY = 'shared-policy-group-policy';

export interface ReadSteps {
  readonly steps: readonly Step[];
  /** Steps that restricted callers and are not imported. */
  readonly guards: readonly Guard[];
}

/** `place`, e.g. "the request phase of flow all of the API". */
export interface StepPlace {
  readonly phase: 'request' | 'response';
  readonly place: string;
  /** Conditions of a shared policy group around the steps. */
  readonly conditions?: readonly string[];
}

/** The steps that call Lambda; the others are reported. */
export function readSteps(readers: readonly Reader[], place: StepPlace, context: ReadContext): ReadSteps {
  const results = readers.map((reader) => readStep(reader, place, context));
  return { steps: results.flatMap(({ steps }) => steps), guards: results.flatMap(({ guards }) => guards) };
}

const none: ReadSteps = { steps: [], guards: [] };

function readStep(reader: Reader, place: StepPlace, context: ReadContext): ReadSteps {
  const reference = reader.get('sharedPolicyGroupRef');
  const policy = reader.text('policy') ?? (reference.isThere ? SHARED_GROUP_POLICY : 'unknown');
  const name = reader.text('name');
  const label = name === undefined || name === policy ? policy : `${policy} (${name})`;
  if (!reader.isThere) return none;
  if (!reader.isEnabled) {
    reader.tell(context.report, 'told', `disabled step ${label} in ${place.place}`);
    return none;
  }
  if (policy === SHARED_GROUP_POLICY) return sharedGroup(reader, place, context);
  if (policy !== LAMBDA_POLICY) return otherStep(reader, policy, `policy ${label} in ${place.place}`, context);
  const condition = reader.get('condition').word;
  const conditions = [...(place.conditions ?? []), ...(condition === undefined ? [] : [condition])];
  const configuration = readLambdaConfiguration(reader.getJson('configuration'), context.report, context.secrets);
  const description = reader.text('description');
  return {
    steps: [
      {
        name: name ?? policy,
        description,
        conditions: conditions.filter((text) => text.trim() !== ''),
        configuration,
        field: reader.path,
      },
    ],
    guards: [],
  };
}

function otherStep(reader: Reader, policy: string, what: string, { report }: ReadContext): ReadSteps {
  reader.skip();
  const { guards, instead } = otherPolicy(policy);
  if (guards) return { steps: [], guards: [{ name: policy, what: `${what}: use ${instead}`, fields: [reader.path] }] };
  report.add('lost', `${what}: use ${instead}`, reader.path);
  return none;
}

/** A shared policy group is inlined if its definition is available. Otherwise it may contain anything, so it counts as a guard. */
function sharedGroup(reader: Reader, place: StepPlace, context: ReadContext): ReadSteps {
  const configuration = reader.getJson('configuration');
  const reference = reader.get('sharedPolicyGroupRef');
  const name = reference.text('name') ?? configuration.text('sharedPolicyGroupId', 'hrid') ?? 'without a name';
  const what = `shared policy group ${name} in ${place.place}`;
  const group = context.sharedPolicyGroups.get(name);
  if (group === undefined || place.conditions !== undefined) {
    reader.skip();
    const rest = `${what}: its content is not known and may include Lambda steps; pass its file with --shared-policy-groups`;
    return { steps: [], guards: [{ name, what: rest, fields: [reader.path] }] };
  }
  const phase = group.text('phase')?.toLowerCase();
  if (phase !== undefined && phase !== place.phase) {
    reader.tell(context.report, 'told', `${what}, which is for the ${phase} phase and does nothing here`);
    return none;
  }
  const condition = reader.get('condition').word;
  reader.tell(context.report, 'told', `${what} is inlined`);
  const conditions = condition === undefined ? [] : [condition];
  const inner = { phase: place.phase, place: `shared policy group ${name}`, conditions };
  return readSteps(group.items('steps'), inner, context);
}
