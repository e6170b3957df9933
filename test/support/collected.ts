import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Whether nothing but `ref` knows the object any more. */
export async function isCollected(ref: WeakRef<object>): Promise<boolean> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  // A WeakRef that was looked at holds its object to the end of the turn.
  await setTimeout(1);
  collect();
  await setTimeout(1);
  return ref.deref() === undefined;
}
