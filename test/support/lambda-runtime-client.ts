// Stands for the compiled part of AWS's runtime client, which posts results that are whole. Loaded before it.
import Module from 'node:module';

const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

const client = {
  initializeClient() {},
  done(id: string, body: string) {
    void fetch(`${base}/${id}/response`, { method: 'POST', body });
  },
  error(id: string, body: string) {
    const headers = { 'Lambda-Runtime-Function-Error-Type': 'Unhandled' };
    void fetch(`${base}/${id}/error`, { method: 'POST', body, headers });
  },
};

const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
const load = loader._load;
loader._load = (request, ...rest) => (request === './rapid-client.node' ? client : load.call(loader, request, ...rest));
