import type { Position } from '../problem.ts';

/** The position of a string of a document: three numbers (offset, line, column) for each contiguous run of characters. */
export type TextPlaces = readonly number[];

/** Of one string; positions after the last run are those of the last run. */
const MAX_RUNS = 4_096;

/** `after`: the position of the next unit in the source. `length`: units of the text. */
export function placesOf(
  source: string,
  first: number,
  after: (at: number) => number,
  length: number,
  position: (offset: number) => Position,
): TextPlaces {
  const places: number[] = [];
  const add = (unit: number, at: number): void => {
    const { line, column } = position(at);
    places.push(unit, line, column);
  };
  add(0, first);
  let at = first;
  for (let unit = 1; unit < length && at < source.length && places.length < 3 * MAX_RUNS; unit++) {
    const next = after(at);
    if (next !== at + 1 || source[at] === '\n') add(unit, next);
    at = next;
  }
  return places;
}

export function placeIn(places: TextPlaces, offset: number): Position {
  let low = 0;
  let high = places.length / 3 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((places[3 * middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const [begin = 0, line = 1, column = 1] = places.slice(3 * low, 3 * low + 3);
  return { line, column: column + Math.max(0, offset - begin) };
}
