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
    description: 'Client certificate (PEM), if the server requires one. Takes `{#secrets.get(…)}`.',
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
    description: 'User, if the URL has none. Takes `{#secrets.get(…)}`.',
    examples: ['lambda-ext-proc'],
  }),
  password: field(template, {
    title: 'Password',
    description: 'Password of that user, or of the server if there is no user. Takes `{#secrets.get(…)}`.',
    examples: ["{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_REDIS_PASSWORD')}"],
  }),
  tls: field(z.union([flag, tls], 'expected true, false or an object such as {ca: …}'), {
    title: 'TLS',
    description: 'Whether to use TLS, and with which certificates. Absent: according to the URL.',
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
        'The keys that encrypt values are derived from it. At least 16 characters, and the same for all sidecars that share the store. Takes `{#secrets.get(…)}`. Required.',
      examples: ["{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_STORE')}"],
    }),
    previousSecret: field(template, {
      title: 'Previous secret',
      description: 'Values encrypted with it are still read, but none are written.',
      examples: ["{#secrets.get('env:LAMBDA_EXT_PROC_SECRET_STORE_BEFORE')}"],
    }),
  })
  .meta({
    id: 'resultStore',
    title: 'Result store',
    description: 'Shares the results of steps with a `cache` among all sidecars that use the same store.',
  });

export type ResultStoreDocument = z.infer<typeof resultStore>;
