# One image for web, worker and migrate; compose.yaml says which it is.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN groupadd --system --gid 10001 ticker \
 && useradd --system --uid 10001 --gid 10001 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin ticker

WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt

COPY manage.py ./
COPY ticker ./ticker
COPY feeds ./feeds
COPY dashboard ./dashboard
COPY static ./static
# The file system is read-only when it runs, so what Python would write beside its files is written now, and so is
# the drawing library as the page loads it (dashboard/library.py).
RUN python -m compileall -q ticker feeds dashboard \
 && SECRET_KEY=of-no-use-here python manage.py findstatic plotly/plotly.min.js && test -s var/static/plotly-*.min.js \
 && test ! -e var/secret-key

USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "daphne", "-b", "0.0.0.0", "-p", "8000", "-v", "0", \
     "--websocket_timeout", "-1", "--application-close-timeout", "5", "--no-server-name", \
     "ticker.asgi:application"]
