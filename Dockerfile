# An exact tag; for an exact image, add its digest, as docs/operating.md says.
ARG PYTHON_IMAGE=python:3.13.16-slim-trixie

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build

# The dependencies alone, by version and hash, as wheels: nothing is compiled, and this layer is made anew only when they
# change.
COPY requirements ./requirements
RUN python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python --disable-pip-version-check install --no-cache-dir --only-binary=:all: \
    --require-hashes --requirement requirements/production.txt \
 && pip --disable-pip-version-check install --no-cache-dir --root-user-action=ignore --only-binary=:all: \
    --require-hashes --requirement requirements/build.txt

# The wheel. Compiled here, because the running service cannot write; by hash, because copying may change the times of
# files.
COPY pyproject.toml README.md LICENSE ./
COPY scripts/inventory.py ./scripts/
COPY weights ./weights
COPY model ./model
COPY app ./app
RUN pip --disable-pip-version-check wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist . \
 && pip --python /opt/venv/bin/python --disable-pip-version-check install --no-cache-dir --no-deps --no-compile dist/*.whl \
 && /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash \
    /opt/venv/lib/python3*/site-packages/app /opt/venv/lib/python3*/site-packages/model \
 && /opt/venv/bin/python scripts/inventory.py sbom >/opt/venv/sbom.json


FROM ${PYTHON_IMAGE}
# Scratch files go to memory, where there is room for them even when nothing else can be written.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/dev/shm/matplotlib \
    TMPDIR=/dev/shm \
    NAMEWRIGHT_DATABASE_URL=sqlite:////data/namewright.db \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /srv/namewright
COPY --from=build /opt/venv /opt/venv

# Jobs and trained models, unless a PostgreSQL has them.
RUN mkdir /data && chown 10001:10001 /data
VOLUME /data

# A number, so that an orchestrator can see that it is not root without reading /etc/passwd.
USER 10001:10001
EXPOSE 8000

# http.client, because urllib would send even this request through a proxy named in the environment.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["python", "-c", "\
import http.client, os, sys; \
connection = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=2); \
connection.request('GET', '/health/live'); \
sys.exit(connection.getresponse().status != 200)"]

CMD ["python", "-m", "app"]
