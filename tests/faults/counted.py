"""The program's settings, with every database query counted: `ticker_queries_total` of /metrics.

`MOST_SOCKETS` in the environment sets how many sockets a web process takes.
"""

import os
from collections.abc import Callable
from typing import Any

from django.db.backends.signals import connection_created
from prometheus_client import Counter

from ticker.settings import *  # noqa: F403

MAX_SOCKETS = int(os.environ.get("MOST_SOCKETS", "5000"))
QUERIES = Counter("ticker_queries", "Database queries of this process")


def count(execute: Callable[..., Any], *query: Any) -> Any:
    QUERIES.inc()
    return execute(*query)


def on_connection(connection: Any, **_: Any) -> None:
    connection.execute_wrappers.append(count)


connection_created.connect(on_connection)
