import { seededRandom } from '../../../support/seeded-random.ts';
import { playEnvoy } from './envoy-play.ts';
import { playHostile } from './hostile-play.ts';
import { Dice } from './scene.ts';

/**
 * Plays random sequences through the machine, without I/O: three of five as an Envoy that keeps the rules sends them, the
 * others as none does. The first that goes wrong throws, and tells the seed that repeats it alone. Gives the classes that were covered.
 */
export function playSequences(count: number, seed: number): ReadonlyMap<string, number> {
  const classes = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const own = (seed + i) >>> 0;
    const dice = new Dice(seededRandom(own));
    const [kind, play] = dice.chance(0.6) ? (['Envoy', playEnvoy] as const) : (['hostile', playHostile] as const);
    try {
      const name = `${kind}: ${play(dice)}`;
      classes.set(name, (classes.get(name) ?? 0) + 1);
    } catch (cause) {
      throw new Error(`repeat with SEED=${own} SEQUENCES=1: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      });
    }
  }
  return new Map([...classes].sort());
}
