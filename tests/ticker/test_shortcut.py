"""The short way to a socket: the same bytes as the long one, and the long one for all that is unusual."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from daphne.ws_protocol import WebSocketProtocol
from hypothesis import given
from hypothesis import strategies as st
from twisted.protocols.tls import TLSMemoryBIOProtocol

from ticker.shortcut import LINE, DaphneLine, Shortcut, header, line_of, unmasked


class Transport:
    """A transport of Twisted's, whose kernel has room for so many bytes."""

    def __init__(self, room: int = 10**9) -> None:
        self.room = room
        self.sent = b""
        self.options: list[tuple[int, ...]] = []
        self.dataBuffer, self.offset, self._tempDataLen = b"", 0, 0
        self.connected, self.disconnecting, self.aborted = 1, 0, False

    def writeSomeData(self, data: bytes) -> int | Exception:
        taken = data[: self.room]
        self.room -= len(taken)
        self.sent += taken
        return len(taken)

    def write(self, data: bytes) -> None:
        self.dataBuffer += data

    def getHandle(self) -> Any:
        return SimpleNamespace(setsockopt=lambda *option: self.options.append(option))

    def abortConnection(self) -> None:
        self.aborted = True


class Protocol(SimpleNamespace):
    """A socket as Autobahn keeps it."""

    STATE_OPEN = 3

    def __init__(self, **more: Any) -> None:
        usual = {"state": 3, "data": b"", "current_frame": None, "inside_message": False, "send_queue": []}
        super().__init__(**usual | {"_perMessageCompress": None, "heard": [], "said": [], "pings": []} | more)

    def dataReceived(self, data: bytes) -> None:
        self.heard.append(data)

    def onMessage(self, payload: bytes, binary: bool) -> None:
        self.heard.append((payload, binary))

    def sendMessage(self, payload: bytes) -> None:
        self.said.append(payload)

    def sendPing(self, payload: bytes) -> None:
        self.pings.append(payload)


def masked(text: bytes, first: int = 0x81, mask: bytes = b"\x01\x02\x03\x04") -> bytes:
    return bytes([first, 0x80 | len(text)]) + mask + unmasked(text, mask)


@given(st.binary(min_size=1, max_size=300), st.binary(min_size=4, max_size=4))
def test_masking_twice_gives_what_it_was(data: bytes, mask: bytes) -> None:
    assert unmasked(data, mask) == bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
    assert unmasked(unmasked(data, mask), mask) == data


@pytest.mark.parametrize(
    ("length", "head"),
    [(5, b"\x81\x05"), (126, b"\x81\x7e\x00\x7e"), (65_536, b"\x81\x7f" + (65_536).to_bytes(8, "big"))],
)
def test_a_frame_says_its_length(length: int, head: bytes) -> None:
    assert header(length) == head


def test_what_the_kernel_has_no_room_for_waits_in_its_order() -> None:
    protocol, transport = Protocol(), Transport(room=10)
    line = DaphneLine(protocol, transport)
    line.write(b"12345")
    line.write(b"67890")
    line.write(b"abc")
    assert transport.sent + transport.dataBuffer == b"\x81\x0512345\x81\x0567890\x81\x03abc"
    assert len(transport.sent) == 10 and line.backlog == len(transport.dataBuffer)


def test_a_transport_that_has_failed_finds_out_by_itself() -> None:
    transport = Transport()
    transport.writeSomeData = lambda data: OSError("gone")  # type: ignore[method-assign]
    DaphneLine(Protocol(), transport).write(b"x")
    assert transport.dataBuffer == b"\x81\x01x"


def test_nothing_is_said_on_a_socket_that_closes_and_the_unusual_goes_the_long_way() -> None:
    for more, said in (
        ({"state": 2}, []),
        ({"_perMessageCompress": 1}, [b"x"]),
        ({"send_queue": [1]}, [b"x"]),
    ):
        protocol, transport = Protocol(**more), Transport()
        line = DaphneLine(protocol, transport)
        line.write(b"x")
        assert (protocol.said, transport.sent) == (said, b"")


def test_a_short_text_is_heard_at_once() -> None:
    protocol = Protocol()
    DaphneLine(protocol, Transport())
    protocol.dataReceived(masked(b'{"type":"ack","n":1}'))
    assert protocol.heard == [(b'{"type":"ack","n":1}', False)]


@pytest.mark.parametrize(
    ("chunk", "more"),
    [
        (masked(b"text")[:-1], {}),  # not whole
        (masked(b"text") + b"\x81", {}),  # the next has begun
        (masked(b"text", 0x82), {}),  # binary
        (masked(b"text", 0x01), {}),  # the first of several fragments
        (masked(b"text", 0x89), {}),  # a ping
        (masked(b"text", 0xC1), {}),  # compressed
        (b"\x81\x04text12", {}),  # not masked
        (masked("ä".encode()), {}),  # whether it is UTF-8 is not decided here
        (masked(b"text"), {"data": b"x"}),
        (masked(b"text"), {"current_frame": object()}),
        (masked(b"text"), {"inside_message": True}),
        (masked(b"text"), {"state": 2}),
        (b"\x81\x80\x01\x02\x03\x04", {}),
        (b"", {}),
    ],
)
def test_all_else_goes_the_long_way(chunk: bytes, more: dict[str, Any]) -> None:
    protocol = Protocol(**more)
    DaphneLine(protocol, Transport())
    protocol.dataReceived(chunk)
    assert protocol.heard == [chunk]


def test_a_pong_is_a_proof_that_the_socket_is_read() -> None:
    protocol = Protocol()
    line = DaphneLine(protocol, Transport())
    line.heard = 0.0
    line.ping()
    assert len(protocol.pings) == 1
    protocol.onPong(protocol.pings[0])
    assert line.heard > 0.0


async def test_another_server_is_left_as_it_is() -> None:
    seen: list[dict[str, Any]] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope)

    async def send(message: dict[str, Any]) -> None:
        pass

    scope = {"type": "websocket", "extensions": {"other": {}}}
    await Shortcut(app)(scope, None, send)
    await Shortcut(app)(scope, None, partial(send, {}))
    assert seen == [scope, scope]


async def test_a_socket_of_daphne_gets_its_line() -> None:
    protocol = WebSocketProtocol()
    protocol.transport = Transport()
    protocol.dataReceived = lambda data: None
    seen: list[dict[str, Any]] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope)

    async def handle_reply(protocol: WebSocketProtocol, message: dict[str, Any]) -> None:
        pass

    await Shortcut(app)({"type": "websocket"}, None, partial(handle_reply, protocol))
    assert isinstance(seen[0]["extensions"][LINE], DaphneLine)
    below, protocol.transport = protocol.transport, TLSMemoryBIOProtocol(SimpleNamespace(), protocol)
    protocol.transport.transport = below
    assert line_of(partial(handle_reply, protocol)) is None, "TLS is not gone round"
