# syntax=docker/dockerfile:1
# Two images from one source: `product` (web, worker and commands) and `proxy` (nginx with the collected static files).
# What they stand on is named by version; PYTHON_IMAGE and NGINX_IMAGE in `.env` name it by digest (name@sha256:…).
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
ARG NGINX_IMAGE=nginx:1.28-alpine

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /app
# Packages first: this layer changes with the lock alone.
COPY requirements.lock ./
COPY bin/lock.py bin/lock.py
RUN python -m venv /venv \
    && python bin/lock.py --production > /tmp/production.lock \
    && /venv/bin/pip install --require-hashes --no-deps -r /tmp/production.lock
COPY . .
# Collecting needs settings that load, no database and no secret of anybody.
RUN DATABASE_URL=postgres://build@/build SECRET_KEY=build /venv/bin/python manage.py collectstatic --no-input --verbosity=0 \
    && /venv/bin/python -m compileall -q apps config

FROM ${NGINX_IMAGE} AS proxy
# Nobody stands before it unless OUTER_PROXY says so; the image's own start fills the templates in.
ENV OUTER_PROXY=255.255.255.255 NGINX_ENVSUBST_OUTPUT_DIR=/tmp
# TLS unless INSECURE_HTTP=true.
ENV INSECURE_HTTP=false
# The object store of S3_ENDPOINT_URL; nobody where uploads lie on a disk.
ENV STORE=http://127.0.0.1:9
COPY config/nginx.conf config/proxy_pass.conf config/file_headers.conf config/listen_insecure_false.conf config/listen_insecure_true.conf /etc/nginx/
COPY config/outer_proxy.conf.template config/listen.conf.template config/store.conf.template /etc/nginx/templates/
COPY --from=build /app/var/static /srv/static
# Never root, not even to begin with.
USER 101:101
EXPOSE 8443

FROM ${PYTHON_IMAGE} AS product
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/app/var BIND=0.0.0.0:8000
# The group is nginx's in its image: uploads are written 0640 and the proxy reads them, nobody else does.
RUN groupadd --gid 101 nginx && useradd --uid 10001 --gid nginx --no-create-home --shell /usr/sbin/nologin fenliang
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
RUN install -d -o fenliang -g nginx -m 0750 /app/var/media /srv/certificate \
    && install -d -o fenliang -g nginx -m 0700 /app/var/audit /app/var/backups
USER fenliang
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn.py"]
