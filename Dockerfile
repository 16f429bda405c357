# The App in one container: non-root, with a read-only root file system in mind.
#   docker build -t gitops-warden .
#   docker run --read-only --tmpfs /tmp -v gitops-warden-data:/data -v gitops-warden-cache:/var/cache/gitops-warden --env-file .env -p 3000:3000 gitops-warden

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN node node_modules/typescript/bin/tsc -p tsconfig.build.json \
  && cp src/demo/openapi.json dist/demo/ \
  && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /var/cache/gitops-warden /data
WORKDIR /app
ENV NODE_ENV=production CACHE_DIRECTORY=/var/cache/gitops-warden DATA_DIRECTORY=/data
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE app.yml ./
COPY bin ./bin
COPY rules ./rules
COPY schemas ./schemas
USER node
VOLUME /data /var/cache/gitops-warden
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/gitops-warden.js"]
CMD ["serve"]
