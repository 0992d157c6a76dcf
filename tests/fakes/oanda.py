"""A fake of OANDA's stream: one long HTTP answer, refused whole when one of its instruments is unknown."""

import asyncio
import contextlib
import json
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

NAMELESS = "Invalid value specified for 'instruments'"


class FakeOanda:
    """The server: `known` instruments have a price each second; `asked` holds what each request was for."""

    def __init__(self, known: set[str], says: str = NAMELESS) -> None:
        self.known = known
        self.says = says  # {} is the first unknown one
        self.asked: list[list[str]] = []
        self.open = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()

    @property
    def url(self) -> str:
        assert self._server
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        query = parse_qs(urlsplit(head.split()[1].decode()).query)
        instruments = query["instruments"][0].split(",")
        self.asked.append(instruments)
        unknown = [each for each in instruments if each not in self.known]
        try:
            if unknown:
                answer(writer, 400, {"errorMessage": self.says.format(unknown[0])})
            else:
                await self._stream(writer, instruments)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _stream(self, writer: asyncio.StreamWriter, instruments: list[str]) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        self.open += 1
        try:
            with contextlib.suppress(OSError):
                while True:
                    for line in (*map(price, instruments), {"type": "HEARTBEAT"}):
                        text = json.dumps(line).encode() + b"\n"
                        writer.write(b"%x\r\n%s\r\n" % (len(text), text))
                    await writer.drain()
                    await asyncio.sleep(1.0)
        finally:
            self.open -= 1


def answer(writer: asyncio.StreamWriter, status: int, body: dict[str, Any]) -> None:
    text = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} Bad Request\r\nContent-Type: application/json\r\nContent-Length: {len(text)}"
    writer.write(f"{head}\r\nConnection: close\r\n\r\n".encode() + text)


def price(instrument: str) -> dict[str, Any]:
    level = [{"price": "1.10000", "liquidity": 1000}]
    return {
        "type": "PRICE",
        "time": "2026-01-02T03:04:05.000000000Z",
        "bids": level,
        "asks": [{"price": "1.10020", "liquidity": 1000}],
        "status": "tradeable",
        "tradeable": True,
        "instrument": instrument,
    }
