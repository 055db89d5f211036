# smxc on the command line, on the CPU:
#
#     docker build -t smxc .
#     docker run --rm --init -u "$(id -u):$(id -g)" -v "$PWD:/work" smxc run nsr-x2 photo.png -o larger.png
#
# --init: without it Ctrl-C would not reach the program, which leaves signals to the system.
ARG NODE=24-bookworm-slim

FROM node:${NODE} AS dependencies
WORKDIR /smxc
COPY package.json package-lock.json ./
# ONNX Runtime's package has the libraries of all systems.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/onnxruntime-node/bin/*/darwin node_modules/onnxruntime-node/bin/*/win32

FROM node:${NODE} AS build
WORKDIR /smxc
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# Only what npm would publish.
RUN npm run --silent build \
 && npm pack --ignore-scripts \
 && tar -xzf smxc-*.tgz

FROM node:${NODE}
COPY --from=dependencies /smxc/node_modules /opt/smxc/node_modules
COPY --from=build /smxc/package /opt/smxc
RUN ln -s /opt/smxc/dist/cli/main.js /usr/local/bin/smxc \
 && chmod +x /opt/smxc/dist/cli/main.js
USER node
WORKDIR /work
ENTRYPOINT ["smxc"]
CMD ["--help"]
