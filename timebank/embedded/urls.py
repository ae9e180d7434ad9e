"""Where the database and the broker are: as the environment says, else embedded in the data folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from timebank.embedded import postgres, redis


@dataclass(frozen=True)
class Services:
    """URLs; ``owner_url`` is absent where only the app's role is given, ``redis_url`` where there is no broker."""

    app_url: str
    owner_url: str | None
    redis_url: str | None


def resolve(data_dir: Path) -> Services:
    """DATABASE_URL, OWNER_DATABASE_URL and REDIS_URL where set (REDIS_URL= means none), else the embedded services.

    With EMBEDDED_DURABLE=0 (the tests) the cluster may lose data and a Redis is started. Otherwise a command joins the
    Redis of ``make run`` but starts none: without a worker nobody would ever read what is put there.
    """
    for_tests = os.environ.get("EMBEDDED_DURABLE") == "0"
    app, owner = os.environ.get("DATABASE_URL"), os.environ.get("OWNER_DATABASE_URL")
    if not app:
        urls = postgres.ensure(data_dir, durable=not for_tests)
        app, owner = urls.app, urls.owner
    if "REDIS_URL" in os.environ:
        broker = os.environ["REDIS_URL"] or None
    elif os.environ.get("DATABASE_URL") and not for_tests:
        broker = None
    else:
        broker = redis.ensure(data_dir) if for_tests else redis.running(data_dir)
    return Services(app_url=app, owner_url=owner or None, redis_url=broker)
