import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The same interval as the sidecar's. A change is reported when the files have not changed for one interval. */
const TURN_MS = 250;

/**
 * Calls back with the files that were changed, added or removed. Calls do not overlap. `places`: files, and directories whose files are
 * all watched.
 */
export function watchFiles(
  places: readonly string[],
  onChange: (changed: readonly string[]) => Promise<void>,
): { stop(): void } {
  let handled = snapshot(places);
  let before = handled;
  let busy = false;
  const turn = async () => {
    if (busy) return;
    const now = snapshot(places);
    const settled = differences(before, now).length === 0;
    before = now;
    if (!settled) return;
    const changed = differences(handled, now);
    if (changed.length === 0) return;
    handled = now;
    busy = true;
    await onChange(changed);
    busy = false;
  };
  const timer = setInterval(() => void turn(), TURN_MS);
  return { stop: () => clearInterval(timer) };
}

function snapshot(places: readonly string[]): ReadonlyMap<string, string> {
  const seen = new Map<string, string>();
  for (const path of places.flatMap(filesOf)) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile()) seen.set(path, `${stats.mtimeMs} ${stats.size} ${stats.ino}`);
  }
  return seen;
}

function filesOf(place: string): readonly string[] {
  if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) return [place];
  return readdirSync(place).map((name) => join(place, name));
}

function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
  const paths = new Set([...one.keys(), ...other.keys()]);
  return [...paths].filter((path) => one.get(path) !== other.get(path));
}
