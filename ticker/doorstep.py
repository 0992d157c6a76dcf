"""Floor 5. Whoever connects to Daphne says within 5 s what they want, or goes: Twisted would wait a minute,
and for ever while a byte comes now and then. Any other server is left as it is."""

import sys
from typing import Any

FIRST = 5.0  # seconds until the first request of a connection has to be whole
NEXT = 60.0  # seconds until the next one has to be


def hurry() -> None:
    """Have each connection to this process's Daphne end that doesn't bring a request in time."""
    http = sys.modules.get("daphne.http_protocol")
    if http is None:
        return
    build = http.HTTPFactory.buildProtocol

    class Request(http.WebRequest):  # type: ignore[name-defined, misc]
        """A request that is whole: its connection has proved itself."""

        def process(self) -> Any:
            self.channel._savedTimeOut = NEXT
            return super().process()

    def prompted(factory: Any, address: Any) -> Any:
        protocol = build(factory, address)
        protocol.timeOut = FIRST
        protocol.requestFactory = Request
        protocol._channel.resetTimeout = lambda: None  # a byte more is no request
        return protocol

    http.HTTPFactory.buildProtocol = prompted
