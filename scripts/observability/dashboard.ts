import { metricCatalogue } from '../../src/observability/index.ts';
import { descriptionOf, type Panel } from './panel.ts';
import { rows } from './panels/index.ts';

type Json = { readonly [key: string]: unknown };

const COLUMNS = 24;
const HEIGHT = 8;
const STAT_HEIGHT = 4;
const datasource = { type: 'prometheus', uid: '$datasource' };

/** The dashboard in the format that Grafana imports. */
export function dashboard(): Json {
  return {
    title: 'lambda-ext-proc',
    uid: 'lambda-ext-proc',
    description: 'Requests of Envoy, the Lambda functions that they call, and the sidecar between them.',
    tags: ['envoy', 'lambda'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    time: { from: 'now-1h', to: 'now' },
    refresh: '30s',
    timezone: 'browser',
    templating: { list: variables() },
    annotations: { list: [reloads()] },
    links: [],
    panels: panels(),
  };
}

function variables(): readonly Json[] {
  const { name } = metricCatalogue.buildInfo;
  const invocations = `${metricCatalogue.invocations.name}{job=~"$job"}`;
  return [
    { name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' },
    choice('job', 'Job', `label_values(${name}, job)`),
    choice('instance', 'Instance', `label_values(${name}{job=~"$job"}, instance)`),
    choice('api', 'API', `label_values(${metricCatalogue.sidecarTime.name}_count{job=~"$job"}, api)`),
    choice('function', 'Function', `label_values(${invocations}, function)`),
  ];
}

/** A variable to choose several or all values of a label. */
function choice(name: string, label: string, query: string): Json {
  return {
    name,
    type: 'query',
    label,
    datasource,
    query: { query, refId: name },
    refresh: 2,
    includeAll: true,
    allValue: '.*',
    multi: true,
    sort: 1,
    current: { text: 'All', value: '$__all' },
  };
}

/** A vertical line at each time when new policies came into force. */
function reloads(): Json {
  const { name } = metricCatalogue.policiesLoadedAt;
  return {
    name: 'Policies loaded',
    datasource,
    enable: true,
    iconColor: 'blue',
    expr: `changes(${name}{job=~"$job", instance=~"$instance"}[$__rate_interval]) > 0`,
    titleFormat: 'Policies loaded on {{instance}}',
  };
}

/** Rows, each followed by its panels from left to right. */
function panels(): readonly Json[] {
  const placed: Json[] = [];
  let y = 0;
  const add = (panel: Json): void => void placed.push({ id: placed.length + 1, ...panel });
  for (const row of rows) {
    add({ type: 'row', title: row.title, collapsed: false, panels: [], gridPos: { x: 0, y, w: COLUMNS, h: 1 } });
    y++;
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      const w = panel.width ?? (panel.isStat === true ? 4 : 8);
      const h = panel.isStat === true ? STAT_HEIGHT : HEIGHT;
      if (x + w > COLUMNS) [x, y, height] = [0, y + height, 0];
      add({ ...grafanaPanel(panel), gridPos: { x, y, w, h } });
      x += w;
      height = Math.max(height, h);
    }
    y += height;
  }
  return placed;
}

function grafanaPanel(panel: Panel): Json {
  return {
    type: panel.isStat === true ? 'stat' : 'timeseries',
    title: panel.title,
    description: descriptionOf(panel),
    datasource,
    fieldConfig: { defaults: defaults(panel), overrides: [] },
    options: options(panel),
    targets: panel.targets.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend,
      ...(panel.isStat === true && { instant: true }),
    })),
  };
}

function defaults({ unit, badFrom, isBadBelow, isStacked, isStat }: Panel): Json {
  const [below, above] = isBadBelow === true ? ['red', 'green'] : ['green', 'red'];
  const steps = [{ color: badFrom === undefined ? 'green' : below, value: null }];
  return {
    unit,
    min: isStat === true ? undefined : 0,
    thresholds: {
      mode: 'absolute',
      steps: badFrom === undefined ? steps : [...steps, { color: above, value: badFrom }],
    },
    custom:
      isStat === true
        ? undefined
        : {
            fillOpacity: isStacked === true ? 30 : 10,
            stacking: { mode: isStacked === true ? 'normal' : 'none', group: 'A' },
            showPoints: 'never',
            thresholdsStyle: { mode: badFrom === undefined ? 'off' : 'line' },
          },
  };
}

function options({ isStat }: Panel): Json {
  if (isStat === true) {
    return {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      colorMode: 'value',
      graphMode: 'area',
      justifyMode: 'auto',
      textMode: 'auto',
      orientation: 'auto',
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: 'standard',
    };
  }
  return {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
    tooltip: { mode: 'multi', sort: 'desc' },
  };
}
