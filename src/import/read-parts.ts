import type { Entrypoint, Plan, ResponseTemplate, Selector, Step } from './definition.ts';
import { Exported } from './exported.ts';
import type { Notes } from './notes.ts';

/** What v2 and v4 write alike. */

const lambdaPolicy = 'aws-lambda';

/** The steps that call Lambda; the others are told. */
export function readSteps(steps: readonly Exported[], place: string, notes: Notes): readonly Step[] {
  return steps.flatMap((step) => {
    if (!step.isEnabled) return [];
    const policy = step.text('policy') ?? 'unknown';
    const name = step.text('name');
    if (policy !== lambdaPolicy) {
      const label = name === undefined || name === policy ? policy : `${policy} (${name})`;
      notes.add(`policy ${label} in ${place}`);
      return [];
    }
    const configuration = Object.fromEntries(
      configurationOf(step)
        .entries()
        .map(([key, value]) => [key, value.data]),
    );
    const description = step.text('description');
    return [{ name: name ?? policy, description, condition: step.text('condition'), configuration }];
  });
}

/** Some exports hold a step's configuration as the text of its JSON. */
function configurationOf(step: Exported): Exported {
  const text = step.text('configuration');
  if (text === undefined) return step.get('configuration');
  try {
    return new Exported(JSON.parse(text));
  } catch {
    return new Exported(undefined);
  }
}

const allMethods = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'];

export function readSelector(path: string | undefined, operator: string | undefined, methods: Exported): Selector {
  const named = Array.isArray(methods.data) ? methods.data.map((method) => String(method).toUpperCase()) : [];
  const isAll = allMethods.every((method) => named.includes(method));
  const valid = named.filter((method) => /^[A-Z]+$/.test(method));
  const known = valid.filter((method) => method !== 'OTHER');
  return {
    operator: operator === 'EQUALS' ? 'EQUALS' : 'STARTS_WITH',
    segments: (path ?? '/').split('/').filter((segment) => segment !== ''),
    // None would mean all of them: a flow for other methods only is for none that has a name.
    methods: isAll ? [] : known.length > 0 ? known : valid,
  };
}

export function readEntrypoints(paths: readonly Exported[]): readonly Entrypoint[] {
  return paths.map((path) => ({
    host: path.text('host'),
    contextPath: (path.text('path') ?? '/').replace(/\/+$/, ''),
  }));
}

/** A list of `{key, value}`, or a map. Encrypted values cannot be read here. */
export function readProperties(properties: Exported, notes: Notes): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of properties.entries()) found.set(key, String(value.data ?? ''));
  for (const property of properties.elements()) {
    const key = property.text('key', 'name');
    if (key === undefined) continue;
    if (property.flag('encrypted')) {
      notes.add(`the value of property ${key}, which is encrypted: put it into policies.yaml`);
      continue;
    }
    const { data } = property.get('value');
    found.set(key, data === undefined ? '' : String(data));
    if (property.flag('dynamic')) notes.add(`updates of property ${key}, which is dynamic: its present value is`);
  }
  return found;
}

/** Dictionaries belong to an environment: some tools put them into the file, the product's own export does not. */
export function readDictionaries(
  dictionaries: Exported,
  notes: Notes,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = new Map<string, ReadonlyMap<string, string>>();
  for (const [name, entries] of dictionaries.entries()) {
    const properties = entries.get('properties');
    found.set(name, readProperties(properties.isThere ? properties : entries, notes));
  }
  for (const dictionary of dictionaries.elements()) {
    const name = dictionary.text('key', 'id', 'name');
    if (name !== undefined) found.set(name, readProperties(dictionary.get('properties'), notes));
  }
  return found;
}

export function readResponseTemplates(templates: Exported): ReadonlyMap<string, ReadonlyMap<string, ResponseTemplate>> {
  return new Map(
    templates.entries().map(([key, byType]) => [
      key,
      new Map(
        byType.entries().map(([mediaType, template]) => [
          mediaType,
          {
            status: template.number('statusCode', 'status') ?? 500,
            headers: new Map(
              template
                .get('headers')
                .entries()
                .map(([name, value]) => [name, String(value.data ?? '')]),
            ),
            body: template.text('body'),
            propagateErrorKeyToLogs: template.flag('propagateErrorKeyToLogs'),
          },
        ]),
      ),
    ]),
  );
}

const inactive = new Set(['CLOSED', 'STAGING']);

/** Plans that callers can use, as a list or (Kubernetes) a map by name. */
export function activePlans(plans: Exported): readonly (readonly [name: string, plan: Exported])[] {
  const named = plans.entries().map(([key, plan]) => [plan.text('name') ?? key, plan] as const);
  const listed = plans.elements().map((plan) => [plan.text('name', 'id') ?? 'unnamed', plan] as const);
  return [...named, ...listed].filter(([, plan]) => !inactive.has((plan.text('status') ?? '').toUpperCase()));
}

export function notePlanSecurity({ name, security }: Plan, notes: Notes): void {
  if (!/^key[-_]?less$/i.test(security)) {
    notes.add(`the security of plan ${name} (${security}): put Envoy's own filter before ext_proc`);
  }
}
