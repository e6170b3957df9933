import { z } from 'zod';

/** Any JSON value. */
export const json = z.json().meta({ id: 'json', title: 'JSON', description: 'Any JSON value.' });
