import type { FullResult } from '../full.ts';
import type { Measured } from '../measure/group.ts';
import { median } from '../measure/statistics.ts';
import { figure } from './text.ts';

interface Bar {
  readonly label: string;
  readonly server: number;
  readonly envoy: number;
}

const width = 760;
const left = 250;
const right = 130;
const barHeight = 18;
const step = 28;

/**
 * CPU time per request as bars, with Envoy's stacked on the server's, as an SVG that is readable on dark and on light pages: first all
 * subjects for the first case, then this project for each case.
 */
export function cpuChart({ cases }: FullResult): string {
  const [first, ...others] = cases;
  if (first === undefined) throw new Error('no case was measured');
  const panels = [
    { title: first.benchCase.title, bars: first.measured.map((one) => bar(one.member.subject.title, one)) },
    {
      title: 'this project, 1 worker, each case',
      bars: [first, ...others].flatMap(({ benchCase, measured }) =>
        measured.filter(({ member }) => member.subject.name === 'own').map((one) => bar(benchCase.name, one)),
      ),
    },
  ];
  let y = 54;
  const parts: string[] = [];
  for (const { title, bars } of panels) {
    // Each panel has its own scale: next to the bar of a 1 MB body the others would not be visible.
    const longest = Math.max(...bars.map(({ server, envoy }) => server + envoy));
    parts.push(text(20, y, title, 'class="title"'));
    y += 14;
    for (const { label, server, envoy } of bars) {
      const scale = (width - left - right) / longest;
      parts.push(
        text(left - 10, y + 13, label, 'text-anchor="end"'),
        `<rect class="server" x="${left}" y="${y}" width="${(server * scale).toFixed(1)}" height="${barHeight}"/>`,
        `<rect class="envoy" x="${(left + server * scale).toFixed(1)}" y="${y}" width="${(envoy * scale).toFixed(1)}" height="${barHeight}"/>`,
        text(left + (server + envoy) * scale + 8, y + 13, `${figure(server)} + ${figure(envoy)} µs`, ''),
      );
      y += step;
    }
    y += 24;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="CPU of one request">
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .server { fill: #0969da }
  .envoy { fill: #9aa4af }
  .page { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .server { fill: #4493f8 }
    .envoy { fill: #59636e }
    .page { fill: #0d1117 }
  }
</style>
<rect class="page" width="${width}" height="${y}"/>
<rect class="server" x="20" y="14" width="12" height="12"/>
${text(38, 25, "CPU of the server's processes for one request, warm", '')}
<rect class="envoy" x="400" y="14" width="12" height="12"/>
${text(418, 25, "Envoy's CPU for it", '')}
${parts.join('\n')}
</svg>
`;
}

function bar(label: string, { rounds }: Measured): Bar {
  const [main = []] = [...rounds.values()];
  const server = median(main.map(({ serverMicros }) => serverMicros));
  return {
    label,
    server: Number.isFinite(server) ? server : 0,
    envoy: median(main.map(({ envoyMicros }) => envoyMicros)),
  };
}

function text(x: number, y: number, content: string, attributes: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escaped}</text>`;
}
