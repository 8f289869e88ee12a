# The action's image: Debian's Python, the locked packages, the scanner; nothing of what built them.
# A release pins the base: --build-arg BASE=debian:trixie-slim@sha256:...
ARG BASE=debian:trixie-slim

FROM ${BASE} AS build
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3.13-venv \
 && python3.13 -m venv /opt/security-scan
COPY requirements.lock /tmp/requirements.lock
RUN /opt/security-scan/bin/python -m pip install --no-cache-dir --no-compile --disable-pip-version-check \
      --only-binary :all: --require-hashes -r /tmp/requirements.lock \
 && cd /opt/security-scan \
 && find . -type d \( -name tests -o -name test -o -name testing -o -name __pycache__ \) -path '*/site-packages/*' -prune -exec rm -rf {} + \
 && find . -type f \( -name '*.c' -o -name '*.h' -o -name '*.pyi' -o -name '*.pyx' -o -name '*.a' \) -delete \
 && rm -rf include bin/[Aa]ctivate*
COPY entrypoint.py LICENSE /action/
COPY scanner /action/scanner
# The rules as one database; bytecode that is never checked against its source, as nothing in the image is ever edited.
WORKDIR /action
RUN /opt/security-scan/bin/python -m scanner.secrets.compile \
 && find . -name __pycache__ -prune -exec rm -rf {} + \
 && /opt/security-scan/bin/python -m compileall -q -f -j 0 --invalidation-mode unchecked-hash /opt/security-scan/lib /action

FROM ${BASE}
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3.13-minimal libpython3.13-stdlib \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
      /usr/share/doc /usr/share/man /usr/share/info /usr/share/lintian \
      /usr/lib/python3.13/pydoc_data /usr/lib/python3.13/turtle.py \
 && python3.13 -m compileall -q --invalidation-mode unchecked-hash /usr/lib/python3.13
COPY --from=build /opt/security-scan /opt/security-scan
# Where OpenSSL looks: certifi's authorities. libgit2 refuses to load when there is neither a file nor a directory.
RUN mkdir -p /usr/lib/ssl/certs \
 && ln -s /opt/security-scan/lib/python3.13/site-packages/certifi/cacert.pem /usr/lib/ssl/cert.pem
COPY --from=build /action /action
LABEL org.opencontainers.image.title="Security Scan Gate" org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /github/workspace
# -E and -s: no PYTHON* variable of the workflow and no package in HOME changes what runs. The runner needs root: there is no USER.
ENTRYPOINT ["/opt/security-scan/bin/python", "-E", "-s", "/action/entrypoint.py"]
