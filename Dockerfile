# Built with the same make targets as on any machine; the image holds what `make install` made and no more.
FROM python:3.12-slim AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Makefile requirements.lock requirements-dev.lock ./
RUN make .venv/.packages
COPY . .
RUN make install PREFIX=/opt/krislarm

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/krislarm krislarm
COPY --from=build /opt/krislarm /opt/krislarm
ENV PATH=/opt/krislarm/bin:$PATH PYTHONUNBUFFERED=1
USER krislarm
WORKDIR /var/lib/krislarm
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["krislarm", "serve", "--host", "0.0.0.0"]
