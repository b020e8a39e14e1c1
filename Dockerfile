FROM python:3.13-slim-trixie AS build
WORKDIR /build

# The dependencies alone, read from the project file: this layer is made anew only when they change.
COPY pyproject.toml ./
RUN python -m venv --without-pip /opt/venv \
 && python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
    >requirements.txt \
 && pip --python /opt/venv/bin/python --disable-pip-version-check install --no-cache-dir --requirement requirements.txt

# Compiled here, because the running service cannot write; by hash, because copying may change the times of files.
COPY model ./model
COPY app ./app
RUN python -m compileall -q --invalidation-mode unchecked-hash model app


FROM python:3.13-slim-trixie
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
COPY weights ./weights
COPY --from=build /build/model ./model
COPY --from=build /build/app ./app

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
