import type { Row } from '../panel.ts';
import { cache } from './cache.ts';
import { configuration } from './configuration.ts';
import { credentials } from './credentials.ts';
import { envoy } from './envoy.ts';
import { functions } from './functions.ts';
import { overview } from './overview.ts';
import { processes } from './processes.ts';
import { requests } from './requests.ts';
import { streams } from './streams.ts';

/** From top to bottom. */
export const rows: readonly Row[] = [
  overview,
  requests,
  functions,
  credentials,
  configuration,
  envoy,
  processes,
  cache,
  streams,
];
