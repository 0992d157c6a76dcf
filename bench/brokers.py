"""How a reader subscribes and a writer publishes, in each protocol: ours, the tutorial's, NATS' and MQTT's.
Only what the benchmark says and hears; a symbol becomes a subject without what means something there."""

import json
from collections.abc import Sequence
from typing import Protocol


class Way(Protocol):
    """What a socket of one way says after its handshake, and how its frames are told apart."""

    headers: Sequence[str]  # of the handshake
    opcode: int
    frame: bytes  # that begins every frame or message with prices
    acks: bool
    look_at_each: int  # of how many chunks one is searched for ages

    def hello(self, symbols: list[str]) -> list[bytes]: ...

    def is_ready(self, text: bytes, symbols: list[str], told: set[bytes]) -> bool: ...


def subject_of(symbol: str) -> str:
    """Return a symbol as a subject or topic of one word."""
    return symbol.replace(":", "_")


class OurWay:
    """The protocol of `feeds/wire.py`: ready when each symbol's snapshot has come."""

    headers: Sequence[str] = ()
    opcode = 1
    frame = b'{"type":"update"'
    acks = True
    look_at_each = 1

    def hello(self, symbols: list[str]) -> list[bytes]:
        return [json.dumps({"type": "subscribe", "symbols": symbols}).encode()]

    def is_ready(self, text: bytes, symbols: list[str], told: set[bytes]) -> bool:
        wanted = [symbol.encode() for symbol in symbols]
        told.update(each for each in wanted if b'"snapshot","symbol":"%s"' % each in text)
        return len(told) == len(wanted)


class TutorialWay(OurWay):
    """The tutorial's: ready when the subscription is answered."""

    frame = b'{"type": "price"'
    acks = False

    def is_ready(self, text: bytes, symbols: list[str], told: set[bytes]) -> bool:
        return b'"subscribed"' in text


class NatsWay:
    """NATS' text protocol in binary frames: ready when the server has answered a ping after all SUBs."""

    headers: Sequence[str] = ()
    opcode = 2
    frame = b"MSG "
    acks = False
    look_at_each = 8

    def hello(self, symbols: list[str]) -> list[bytes]:
        subs = "".join(f"SUB {subject_of(symbol)} {sid}\r\n" for sid, symbol in enumerate(symbols, 1))
        return [self.connect(), f"{subs}PING\r\n".encode()]

    def is_ready(self, text: bytes, symbols: list[str], told: set[bytes]) -> bool:
        return b"PONG\r\n" in text

    def connect(self) -> bytes:
        """Return what a writer says first, over TCP."""
        return b'CONNECT {"verbose":false,"pedantic":false,"lang":"bench","version":"1"}\r\n'

    def publish(self, symbol: str, payload: bytes) -> bytes:
        return b"PUB %s %d\r\n%s\r\n" % (subject_of(symbol).encode(), len(payload), payload)


class MqttWay:
    """MQTT 3.1.1 with QoS 0: ready when the SUBACK has come."""

    headers: Sequence[str] = ("Sec-WebSocket-Protocol: mqtt",)
    opcode = 2
    frame = b'{"symbol"'
    acks = False
    look_at_each = 64

    def hello(self, symbols: list[str]) -> list[bytes]:
        topics = b"".join(mqtt_text(subject_of(symbol)) + b"\0" for symbol in symbols)
        return [self.connect(), mqtt_packet(0x82, b"\0\1" + topics)]

    def is_ready(self, text: bytes, symbols: list[str], told: set[bytes]) -> bool:
        return b"\x90" in text and bytes([0x90, 2 + len(symbols), 0, 1]) in text

    def connect(self) -> bytes:
        """Return the CONNECT of a clean session without a name and without keep-alive."""
        return mqtt_packet(0x10, mqtt_text("MQTT") + b"\4\2\0\0" + mqtt_text(""))

    def publish(self, symbol: str, payload: bytes) -> bytes:
        return mqtt_packet(0x30, mqtt_text(subject_of(symbol)) + payload)


def mqtt_text(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()


def mqtt_packet(kind: int, body: bytes) -> bytes:
    """Return a control packet: its first byte, the length in groups of seven bits, the body."""
    length, left = bytearray(), len(body)
    while True:
        left, low = divmod(left, 128)
        length.append(low | (0x80 if left else 0))
        if not left:
            return bytes([kind]) + bytes(length) + body


BROKERS: dict[str, NatsWay | MqttWay] = {"nats": NatsWay(), "mosquitto": MqttWay()}
WAYS: dict[str, Way] = {"ours": OurWay(), "tutorial": TutorialWay(), **BROKERS}
