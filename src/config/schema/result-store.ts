import { z } from 'zod';
import { field, flag, template } from './field.ts';

const tls = z.strictObject({
  ca: field(template, {
    title: 'Authorities',
    description: 'Certificates (PEM) that are trusted instead of those of the platform. Takes `{#secrets.get(…)}`.',
    examples: ["{#secrets.get('file:/run/secrets/lambda-ext-proc/redis-ca.pem')}"],
  }),
  cert: field(template, {
    title: 'Client certificate',
    description: 'Certificate (PEM) that the server asks for. Takes `{#secrets.get(…)}`.',
    examples: ["{#secrets.get('file:/run/secrets/lambda-ext-proc/redis-cert.pem')}"],
  }),
  key: field(template, {
    title: 'Client key',
    description: 'Private key (PEM) of that certificate. Takes `{#secrets.get(…)}`.',
    examples: ["{#secrets.get('file:/run/secrets/lambda-ext-proc/redis-key.pem')}"],
  }),
});

const redis = z.strictObject({
  url: field(template, {
    title: 'URL',
    description: '`redis://host:6379/0`, or `rediss://` for TLS. Takes `{#secrets.get(…)}`. Required.',
    examples: ['rediss://cache.example.com:6379', "{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_REDIS')}"],
  }),
  username: field(template, {
    title: 'User name',
    description: 'User of the server, where the URL has none. Takes `{#secrets.get(…)}`.',
    examples: ['lambda-ext-proc'],
  }),
  password: field(template, {
    title: 'Password',
    description: 'Password of that user, or of the server. Takes `{#secrets.get(…)}`.',
    examples: ["{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_REDIS_PASSWORD')}"],
  }),
  tls: field(z.union([flag, tls], 'expected true, false or an object as {ca: …}'), {
    title: 'TLS',
    description: 'Whether TLS is used, and with which certificates. Absent: as the URL says.',
    examples: [true, { ca: "{#secrets.get('file:/run/secrets/lambda-ext-proc/redis-ca.pem')}" }],
  }),
});

/** Where processes share results. */
export const resultStore = z
  .strictObject({
    redis: field(redis, {
      title: 'Redis',
      description: 'A Redis or Valkey server, 6.2 or later. Required.',
      examples: [{ url: 'rediss://cache.example.com:6379' }],
    }),
    secret: field(template, {
      title: 'Secret',
      description:
        'Of this the keys are made that values are sealed with: the same for all sidecars that share the store, 16 characters or more. Takes `{#secrets.get(…)}`. Required.',
      examples: ["{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_STORE')}"],
    }),
    previousSecret: field(template, {
      title: 'Previous secret',
      description: 'Values that were sealed with it are still read, none is written.',
      examples: ["{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_STORE_BEFORE')}"],
    }),
  })
  .meta({
    id: 'resultStore',
    title: 'Result store',
    description: 'Results of steps with a `cache` are shared by all sidecars that have the same store.',
  });

export type ResultStoreDocument = z.infer<typeof resultStore>;
