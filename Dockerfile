# Built, linted and run for real by scripts/container.ts, without a Docker engine, on stand-ins for its two base images.
#
# A release gives both with the digests that it has read. Distroless has one tag for all of Node 24, with the newest of them inside.
ARG BUILD_IMAGE=docker.io/library/node:24.21.0-trixie-slim
ARG BASE_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

FROM ${BUILD_IMAGE} AS build
# The bill of materials takes its subject's name from the directory.
WORKDIR /lambda-ext-proc
COPY package.json package-lock.json .npmrc ./
# The only install script that matters fetches a Node, and the image is one.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/image ./scripts/image
COPY src ./src
# With devDependencies in package.json, npm sbom would leave out what is there for both. There is no env in the image, so the program
# names its node itself. What goes at the end is for compilers, debuggers and browsers: 24 MB.
RUN npm run build \
  && npm prune --omit=dev --ignore-scripts \
  && npm pkg delete devDependencies \
  && npm sbom --sbom-format cyclonedx --sbom-type application > sbom.cdx.json \
  && node scripts/image/third-party-licences.ts > THIRD-PARTY-LICENCES.txt \
  && sed -i '1s|.*|#!/nodejs/bin/node|' dist/main.js \
  && chmod +x dist/main.js \
  && find dist node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.[cm]ts' -o -name '*.tsbuildinfo' \) -delete \
  && find node_modules -type d \( -name dist-es -o -name dist-types \) -prune -exec rm -r {} +

FROM ${BASE_IMAGE}
ARG BASE_IMAGE
# What only a release knows.
ARG VERSION=unreleased
ARG REVISION=unknown
ARG CREATED=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="lambda-ext-proc" \
  org.opencontainers.image.description="An Envoy external-processing sidecar that calls AWS Lambda, by configuration alone" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}" \
  org.opencontainers.image.source="${SOURCE}" \
  org.opencontainers.image.base.name="${BASE_IMAGE}"
ENV NODE_ENV=production
# The sidecar may invoke functions, so it listens on loopback unless told otherwise: containers of a pod share it. The
# admin server has no secrets, and probes and Prometheus come from outside.
ENV LAMBDA_EXT_PROC_ADMIN=0.0.0.0:9464
# The user has neither a name nor a home directory in the base image. The AWS config files are expected in this one.
ENV HOME=/home/lambda-ext-proc
WORKDIR /app
COPY --from=build /lambda-ext-proc/node_modules ./node_modules
COPY --from=build /lambda-ext-proc/dist ./dist
COPY --from=build /lambda-ext-proc/sbom.cdx.json /lambda-ext-proc/THIRD-PARTY-LICENCES.txt ./
COPY package.json LICENSE NOTICE ./
COPY proto ./proto
COPY playground/*.html playground/*.css playground/*.js ./playground/
COPY admin/*.css admin/*.js admin/*.svg ./admin/
COPY starter ./starter
# There is no shell, so each command is a list. The directories: for Unix sockets on a volume, and for compiled code. The link: the
# command under its name, as in `docker exec … lambda-ext-proc check …`.
USER 0:0
RUN ["/nodejs/bin/node", "-e", "for (const directory of ['/run/lambda-ext-proc', '/home/lambda-ext-proc', '/app/node_modules/.cache/lambda-ext-proc']) { fs.mkdirSync(directory, {recursive: true}); fs.chownSync(directory, 1000, 1000); } fs.mkdirSync('/usr/local/bin', {recursive: true}); fs.symlinkSync('/app/dist/main.js', '/usr/local/bin/lambda-ext-proc');"]
# Numeric ids, because Kubernetes' runAsNonRoot cannot resolve names. Not the user of the base image, which Envoy's images have too.
USER 1000:1000
# V8's compiled code of all modules saves an eighth of the CPU time of every start. V8 accepts it only with the flags of the real start.
# src/commands/node-flags.ts explains the flags, and a test compares them with these lists.
RUN --mount=type=bind,from=build,source=/lambda-ext-proc/scripts/image,target=/build ["/nodejs/bin/node", "/build/fill-compile-cache.mjs", \
  "--no-allocation-site-pretenuring", "--no-maglev", "--invocation-count-for-turbofan=300", "--heap-growing-percent=30", \
  "--max-semi-space-size=8", "--disable-sigusr1"]
EXPOSE 9464
# Uses the address of LAMBDA_EXT_PROC_ADMIN; it cannot know an `--admin` flag.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["lambda-ext-proc", "health"]
ENTRYPOINT ["/nodejs/bin/node", "--no-allocation-site-pretenuring", "--no-maglev", "--invocation-count-for-turbofan=300", \
  "--heap-growing-percent=30", "--max-semi-space-size=8", "--disable-sigusr1", "/app/dist/main.js", "serve"]
