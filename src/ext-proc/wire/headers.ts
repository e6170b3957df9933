import type { HeaderChange } from '../../policy/index.ts';
import type { HeaderMutation, HeaderValueOption } from './protobuf.ts';

/**
 * Envoy reads only `raw_value`, and overwrites a header unless the deprecated `append` is true. It removes headers before it sets others,
 * so the order of changes to different headers does not matter.
 */
export function encodeChanges(changes: readonly HeaderChange[]): HeaderMutation | undefined {
  if (changes.length === 0) return undefined;
  const set: HeaderValueOption[] = [];
  const remove: string[] = [];
  for (const change of changes) {
    if (change.kind === 'remove') {
      remove.push(change.name);
      continue;
    }
    let append = change.kind === 'append';
    for (const value of change.values) {
      set.push(setHeader(change.name, value, append));
      append = true;
    }
  }
  return { set_headers: set, remove_headers: remove };
}

/** An answer's headers: the first one with a name replaces Envoy's own, further ones are added. */
export function encodeHeaders(headers: readonly (readonly [name: string, value: string])[]): HeaderMutation {
  const seen = new Set<string>();
  return {
    set_headers: headers.map(([name, value]) => {
      const append = seen.has(name);
      seen.add(name);
      return setHeader(name, value, append);
    }),
  };
}

export function setHeader(name: string, value: string, append = false): HeaderValueOption {
  const header = { key: name, raw_value: Buffer.from(value) };
  // Without keep_empty_value Envoy would leave out a header whose value is empty.
  if (value === '')
    return append ? { header, append: { value: true }, keep_empty_value: true } : { header, keep_empty_value: true };
  return append ? { header, append: { value: true } } : { header };
}
