# The page, the bot and the watcher in one image: `docker build -t quoth .`; compose.yaml runs it.
# The build needs the registries of images and of packages alone; every package is one of the lock files, by its hash.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements-build.lock requirements-image.lock ./
RUN python -m venv /opt/build
RUN /opt/build/bin/python -m pip install --require-hashes --only-binary :all: -r requirements-build.lock
RUN python -m venv /opt/quoth
RUN /opt/quoth/bin/python -m pip install --require-hashes --only-binary :all: -r requirements-image.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY index index
COPY config config
COPY examples examples
RUN /opt/build/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /opt/wheels .
RUN /opt/quoth/bin/python -m pip install --no-deps --no-index /opt/wheels/quoth-*.whl
RUN /opt/quoth/bin/python -m pip uninstall --yes pip

FROM python:3.13-slim
COPY --from=build /opt/quoth /opt/quoth
# The account of every service; whatever it keeps lies in the one volume, kernels that numba compiles among it.
RUN useradd --uid 10001 --no-create-home --home-dir /var/lib/quoth --shell /usr/sbin/nologin quoth
RUN install --directory --owner=10001 --group=10001 --mode=700 /var/lib/quoth
ENV PATH=/opt/quoth/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    QUOTH_DATA_DIR=/var/lib/quoth/data \
    XDG_CACHE_HOME=/var/lib/quoth/cache \
    QUOTH_LOG_LEVEL=INFO
USER 10001:10001
WORKDIR /var/lib/quoth
VOLUME /var/lib/quoth
EXPOSE 8321
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8321/healthz', timeout=4)"]
ENTRYPOINT ["quoth"]
CMD ["serve", "--mcp", "--listen", "0.0.0.0:8321"]
