# Built, linted and run for real by scripts/container.ts, without a Docker engine.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The only install script that matters fetches a Node, and the image is one.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && chmod +x dist/main.js && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
# The sidecar may invoke functions, so it listens on loopback unless told otherwise: containers of a pod share it. The
# admin server has no secrets, and probes and Prometheus come from outside.
ENV LAMBDA_EXT_PROC_ADMIN=0.0.0.0:9464
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE NOTICE ./
COPY proto ./proto
COPY playground/*.html playground/*.css playground/*.js ./playground/
COPY admin/*.css admin/*.js admin/*.svg ./admin/
COPY starter ./starter
# For Unix sockets on a volume, and the command under its name: `docker exec … lambda-ext-proc check …`.
RUN install -d -o node -g node /run/lambda-ext-proc && ln -s /app/dist/main.js /usr/local/bin/lambda-ext-proc
# V8's compiled code of all modules, which takes a third off every start; it counts for the user who wrote it only.
RUN install -d -o node -g node node_modules/.cache/lambda-ext-proc
# node, in numbers: Kubernetes' runAsNonRoot cannot look names up.
USER 1000:1000
# With the flags of the real start, or V8 would not take it. What they do: src/commands/node-flags.ts; a test compares them.
RUN timeout --preserve-status --signal=INT 5 \
  node --no-allocation-site-pretenuring --no-maglev --heap-growing-percent=30 --max-semi-space-size=8 \
  --disable-sigusr1 dist/main.js serve --admin off
EXPOSE 9464
# Where LAMBDA_EXT_PROC_ADMIN says; an `--admin` of the command line it cannot know.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "const admin = process.env.LAMBDA_EXT_PROC_ADMIN; if (admin === 'off') process.exit(0); fetch('http://127.0.0.1:' + admin.split(':').pop() + '/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--no-allocation-site-pretenuring", "--no-maglev", "--heap-growing-percent=30", \
  "--max-semi-space-size=8", "--disable-sigusr1", "/app/dist/main.js", "serve"]
