import { promql, type Row } from '../panel.ts';

const byInstance = { by: ['instance'] } as const;

export const configuration: Row = {
  title: 'Configuration',
  panels: [
    {
      title: 'Reloads',
      of: ['reloads'],
      unit: 'short',
      targets: [{ expr: promql.increase('reloads', { by: ['result'] }), legend: '{{result}}' }],
    },
    {
      title: 'Policies of the file are in force',
      of: ['policiesValid'],
      unit: 'bool_yes_no',
      targets: [{ expr: promql.min('policiesValid', byInstance), legend: '{{instance}}' }],
    },
    {
      title: 'Policies loaded',
      of: ['policiesLoadedAt'],
      unit: 'dateTimeFromNow',
      isStat: true,
      targets: [{ expr: `${promql.max('policiesLoadedAt', byInstance)} * 1000`, legend: '{{instance}}' }],
    },
    {
      title: 'APIs',
      of: ['policiesApis'],
      unit: 'short',
      isStat: true,
      targets: [{ expr: promql.max('policiesApis', byInstance), legend: '{{instance}}' }],
    },
  ],
};
