"""What may be wrong with a fake venue, as a test asks for it."""

import time

from websockets.http11 import Response

from tests.fakes.answers import PAGE, copied, response


class Faults:
    """Silence, refused handshakes, and answers that are something else; `refused` counts the handshakes."""

    def __init__(self) -> None:
        self.refused = 0
        self.stalled = False
        self.rest_delay = 0.0
        self.muted: set[str] = set()  # products that are taken, and of which nothing is told
        self.left_out: set[str] = set()  # products that are neither taken nor refused
        self._refusals = 0
        self._refuse_until = 0.0
        self._trouble: Response | None = None

    def stall(self) -> None:
        """Send nothing more, heartbeats included; sockets stay open, and protocol pings are answered."""
        self.stalled = True

    def resume(self) -> None:
        self.stalled = False

    def refuse_connects(self, times: int = 0, seconds: float = 0.0) -> None:
        """Answer the next handshakes with 503, a number of times or for some seconds."""
        self._refusals, self._refuse_until = times, time.monotonic() + seconds

    def html(self, status: int = 200) -> None:
        """Answer every request, handshakes included, with a web page."""
        self._trouble = response(status, PAGE, "text/html; charset=UTF-8")

    def status(
        self, status: int, retry_after: float | None = None, body: str = "", kind: str = "text/plain"
    ) -> None:
        """Answer every request, handshakes included, with this."""
        self._trouble = response(status, body.encode(), kind)
        if retry_after is not None:
            self._trouble.headers["Retry-After"] = f"{retry_after:g}"

    def healthy(self) -> None:
        """Take every fault back."""
        self._trouble = None
        self.stalled = False
        self.rest_delay = 0.0
        self.refuse_connects()

    def fault(self, shaking: bool) -> Response | None:
        """Return what a request is answered instead of the truth; `shaking`: it is a handshake."""
        if self._trouble is not None:
            return copied(self._trouble, 503 if shaking and self._trouble.status_code == 200 else None)
        return self._refusal() if shaking else None

    def _refusal(self) -> Response | None:
        if self._refusals <= 0 and time.monotonic() >= self._refuse_until:
            return None
        self._refusals -= 1
        self.refused += 1
        return response(503, b"Service Unavailable", "text/plain")
