import { html, type Markup } from './markup.ts';

/** The plot's own units; the style sheet stretches them to the available width. */
const WIDTH = 240;
const HEIGHT = 48;

/** A value measured over a time; undefined: there was nothing to measure, and the line has a gap. */
export interface Span {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly value: number | undefined;
}

export interface PlotFrame {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** The largest value on the scale; the smallest is 0. */
  readonly top: number;
}

/** The `d` of an SVG path of steps, one for each span; '' if none has a value. */
export function plotPath(spans: readonly Span[], frame: PlotFrame): string {
  const x = (at: number): string => round(((at - frame.from) / (frame.to - frame.from)) * WIDTH);
  let path = '';
  let drawing = false;
  for (const { from, to, value } of spans) {
    if (value === undefined) {
      drawing = false;
      continue;
    }
    const y = round(frame.top === 0 ? HEIGHT : HEIGHT - (value / frame.top) * HEIGHT);
    path += `${drawing ? `V${y}` : `M${x(from)} ${y}`}H${x(to)}`;
    drawing = true;
  }
  return path;
}

/** A decorative plot: the text next to it has the same information. `names`: of the paths that the script updates. */
export function plot(paths: Readonly<Record<string, string>>): Markup {
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false">${Object.entries(
    paths,
  ).map(([name, d], i) => html`<path class="line line-${i + 1}" data-path="${name}" d="${d}"/>`)}</svg>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
