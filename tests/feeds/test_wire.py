"""Every message survives its wire, and nothing a stranger sends raises anything but a refusal that helps."""

import json
import re
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds import wire
from feeds.market import Bar, Quote, Trade

LEGAL_GROUP = re.compile(r"[A-Za-z0-9\-_.]{1,99}")
SYMBOL_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-^=/:"
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(max_size=8),
    bool: st.booleans(),
    NoneType: st.none(),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """All values of a field's type."""
    if kind in PLAIN:
        return PLAIN[kind]
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, UnionType):
        return st.one_of([values(part) for part in parts])
    if origin is list:
        return st.lists(values(parts[0]), max_size=3)
    if origin is tuple:
        return st.lists(values(parts[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(values(parts[0]), values(parts[1]), max_size=3)
    return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items()})


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def strict(text: str) -> dict[str, Any]:
    """A frame as a strict JSON parser reads it."""
    result = json.loads(text, parse_constant=refuse_constant)
    assert isinstance(result, dict)
    return result


def keys(message: msgspec.Struct) -> str:
    return " ".join(strict(wire.to_text(message)))


def refusal(text: str) -> wire.Refused:
    with pytest.raises(wire.Refused) as caught:
        wire.from_client(text)
    return caught.value


# ----------------------------------------------------------------------- groups
@given(st.text(SYMBOL_LETTERS, min_size=3, max_size=57))
def test_the_group_of_any_symbol_is_legal_and_always_the_same(symbol: str) -> None:
    group = wire.group_of(symbol)
    assert LEGAL_GROUP.fullmatch(group) and group in wire.MARKET_GROUPS
    assert group == wire.group_of(symbol)


def test_symbols_spread_over_the_groups() -> None:
    groups = [wire.group_of(f"SIM:S{number}-USD") for number in range(3_200)]
    assert set(groups) == set(wire.MARKET_GROUPS)
    assert max(groups.count(group) for group in wire.MARKET_GROUPS) < 500


def test_where_a_symbol_travels_does_not_change_from_run_to_run() -> None:
    assert wire.group_of("COINBASE:BTC-USD").startswith("market.07.")


def test_every_fixed_name_is_legal() -> None:
    for name in (*wire.MARKET_GROUPS, wire.CONTROL_GROUP, wire.FEEDS_CHANNEL):
        assert LEGAL_GROUP.fullmatch(name)
    assert len(set(wire.MARKET_GROUPS)) == wire.SHARDS


# ----------------------------------------------------------------- worker ↔ hub
@pytest.mark.parametrize("kind", sorted(wire.BODIES))
@given(data=st.data())
def test_what_is_packed_is_unpacked(kind: str, data: st.DataObject) -> None:
    body = data.draw(values(wire.BODIES[kind].type))
    message = wire.pack(kind, body)
    assert message["type"] == kind and isinstance(message["body"], bytes)
    assert wire.unpack(message) == body


NOT_OURS: list[dict[str, Any]] = [
    {},
    {"body": b""},
    {"type": "market.frame"},
    {"type": "market.frame", "body": None},
    {"type": "market.frame", "body": "text"},
    {"type": "market.frame", "body": b""},
    {"type": "market.frame", "body": ["epoch"]},
    {"type": ["market.frame"], "body": b""},
    {"type": {}, "body": b""},
    {"type": None, "body": b""},
    {"type": "websocket.disconnect", "body": b""},
    {"type": "__class__", "body": b""},
    {"type": "snapshot", "body": b"\x92\xa1\xff\x90"},
    {"type": "snapshot", "body": b"\x93\xa1a\x90" + b"\x91" * 100_000},
    {"type": "snapshot", "body": b"\x92\xa1a\xdd\xff\xff\xff\xff"},
    {"type": "snapshot", "body": b"\x92\xa1a\x90 and more"},
]


@pytest.mark.parametrize("message", NOT_OURS, ids=lambda message: repr(message)[:40])
def test_a_message_that_is_not_ours_is_a_value_error(message: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        wire.unpack(message)


@given(st.sampled_from(sorted(wire.BODIES)), st.binary(max_size=60))
def test_garbled_bytes_are_a_value_error_or_a_body(kind: str, body: bytes) -> None:
    try:
        result = wire.unpack({"type": kind, "body": body})
    except ValueError as error:
        assert str(error).startswith(f"unreadable {kind}: ")
    else:
        assert isinstance(result, wire.BODIES[kind].type)


@given(data=st.data(), at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_flipped_byte_is_a_value_error_or_a_body(data: st.DataObject, at: int, byte: int) -> None:
    packed = bytearray(wire.pack(wire.FRAME, data.draw(values(wire.Frame)))["body"])
    packed[at % len(packed)] = byte
    try:
        assert isinstance(wire.unpack({"type": wire.FRAME, "body": bytes(packed)}), wire.Frame)
    except ValueError as error:
        assert str(error).startswith("unreadable market.frame: ")


# ---------------------------------------------------------------- browser → web
GOOD = [
    ('{"type":"subscribe","id":1,"symbols":["SIM:A"]}', wire.Subscribe(["SIM:A"], ("quote",), 1)),
    (
        '{"symbols":["SIM:A"],"streams":["quote","bars:1m"],"id":"x","type":"subscribe","more":[1]}',
        wire.Subscribe(["SIM:A"], ("quote", "bars:1m"), "x"),
    ),
    ('{"type":"unsubscribe","symbols":["SIM:A"]}', wire.Unsubscribe(["SIM:A"])),
    ('{"type":"unsubscribe","symbols":[],"streams":["trades"]}', wire.Unsubscribe([], ("trades",))),
    ('{"type":"ack","n":17}', wire.Ack(17)),
    ('{"type":"rate","max":4}', wire.Rate(4.0)),
    ('{"type":"pause"}', wire.Pause()),
    ('{"type":"resume"}', wire.Resume()),
    ('{"type":"ping","time":1.5}', wire.Ping(1.5)),
    ('{"type":"ping"}', wire.Ping()),
    ('{"type":"ping","type":"ack","n":1}', wire.Ack(1)),  # the last of two equal keys counts, as in browsers
    (' \n{"type":"pause"}\t', wire.Pause()),
]
REFUSED = [
    ("", "bad_json"),
    ("   ", "bad_json"),
    ("{", "bad_json"),
    ('{"type":"pause"} {"type":"pause"}', "bad_json"),
    ("{'type':'pause'}", "bad_json"),
    ("[" * 30_000, "bad_json"),
    ("[" * 30_000 + "]" * 30_000, "bad_json"),
    ('{"type":"ping","a":' * 5_000 + "1" + "}" * 5_000, "bad_json"),
    ('{"type":"ping","time":NaN}', "bad_json"),
    ('{"type":"ping","time":Infinity}', "bad_json"),
    ('{"type":"ping","time":-Infinity}', "bad_json"),
    ('{"type":"ping","time":1e999}', "bad_json"),
    ('{"type":"ping","time":' + "9" * 5_000 + "}", "bad_json"),
    ('{"type":"ping","id":"\ud800"}', "bad_json"),
    ('{"type":"ping","id":"\\ud800"}', "bad_json"),
    ('{"type":"pause\x00"}', "bad_json"),
    ("null", "bad_message"),
    ("[]", "bad_message"),
    ('"subscribe"', "bad_message"),
    ("17", "bad_message"),
    ("{}", "unknown_type"),
    ('{"type":null}', "unknown_type"),
    ('{"type":["subscribe"]}', "unknown_type"),
    ('{"type":"Subscribe"}', "unknown_type"),
    ('{"type":"websocket.disconnect"}', "unknown_type"),
    ('{"type":"market.frame","body":""}', "unknown_type"),
    ('{"type":"__class__"}', "unknown_type"),
    ('{"type":"subscribe"}', "bad_message"),
    ('{"type":"subscribe","symbols":"SIM:A"}', "bad_message"),
    ('{"type":"subscribe","symbols":[1]}', "bad_message"),
    ('{"type":"subscribe","symbols":[],"streams":null}', "bad_message"),
    ('{"type":"subscribe","symbols":[],"id":{}}', "bad_message"),
    ('{"type":"ack"}', "bad_message"),
    ('{"type":"ack","n":"17"}', "bad_message"),
    ('{"type":"ack","n":true}', "bad_message"),
    ('{"type":"ack","n":1.5}', "bad_message"),
    ('{"type":"rate","max":null}', "bad_message"),
    ('{"type":"rate","max":' + "9" * 400 + "}", "bad_message"),
    ('{"type":"ping","time":"now"}', "bad_message"),
]


@pytest.mark.parametrize(("text", "message"), GOOD, ids=[text for text, _ in GOOD])
def test_a_good_message(text: str, message: wire.Incoming) -> None:
    assert wire.from_client(text) == message


@pytest.mark.parametrize(("text", "code"), REFUSED, ids=[repr(text)[:40] for text, _ in REFUSED])
def test_a_bad_message_is_refused_by_its_code(text: str, code: str) -> None:
    assert refusal(text).code == code


def test_a_refusal_says_what_is_right() -> None:
    assert str(refusal("{")).endswith("send one JSON object a frame")
    assert str(refusal("[" * 30_000)) == "nested too deep; send one flat JSON object a frame"
    assert str(refusal("[]")) == 'send a JSON object with a "type", like {"type":"ping"}'
    assert str(refusal("{}")) == ("unknown type; one of subscribe unsubscribe ack rate pause resume ping")
    assert str(refusal('{"type":"ack","n":"1"}')) == "ack: Expected `int`, got `str` - at `$.n`"


def test_a_refusal_names_the_request_when_it_has_a_fit_id() -> None:
    assert refusal('{"type":"?","id":7}').id == 7
    assert refusal('{"type":"subscribe","id":"a"}').id == "a"
    for unfit in ("true", "1.5", "[]", "{}", "null", f'"{"x" * 65}"', "9" * 65):
        assert refusal(f'{{"type":"?","id":{unfit}}}').id is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from([*wire.INCOMING, "websocket.receive", "market.frame", ""])
FIELDS = st.sampled_from(["id", "symbols", "streams", "n", "max", "time", "body"])
NEARLY = st.builds(
    lambda kind, fields: {**fields, "type": kind},
    KINDS,
    st.dictionaries(FIELDS, JSON | st.lists(st.text(max_size=9)), max_size=5),
)


@given(st.text() | JSON.map(json.dumps) | NEARLY.map(json.dumps))
@example('{"type":"ping","time":' + "9" * 4_000 + "}")
@example('{"type":"subscribe","symbols":[],"id":' + "9" * 4_000 + "}")
def test_whatever_comes_is_a_message_or_a_refusal_that_can_be_answered(text: str) -> None:
    try:
        message = wire.from_client(text)
    except wire.Refused as error:
        assert error.code in wire.ERROR_CODES and str(error)
        answer = strict(wire.to_text(wire.Error(error.id, error.code, str(error))))
        assert (answer["id"], answer["code"]) == (error.id, error.code)
    else:
        assert type(message) in wire.INCOMING.values()
        request = getattr(message, "id", None)
        assert strict(wire.to_text(wire.Subscribed(request, [], {})))["id"] == request
        if isinstance(message, wire.Ping):
            assert strict(wire.to_text(wire.Pong(message.time, 1)))["time"] == message.time


# ---------------------------------------------------------------- web → browser
@pytest.mark.parametrize("kind", get_args(wire.Outgoing), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_frame_is_strict_json_with_its_type_first(kind: Any, data: st.DataObject) -> None:
    message = data.draw(values(kind))
    said = strict(wire.to_text(message))
    assert next(iter(said)) == "type" and said["type"] == kind.__struct_config__.tag
    assert msgspec.json.decode(wire.to_json(message), type=kind) == message


def test_no_number_that_json_lacks_gets_out() -> None:
    for wrong in (float("nan"), float("inf"), float("-inf")):
        said = strict(wire.to_text(wire.Update(1, 2, [Quote(symbol="SIM:A", last=wrong)])))
        assert said["quotes"][0]["last"] is None


def test_the_keys_are_those_of_the_contract() -> None:
    trade = Trade(symbol="SIM:A", id="1", time=1, price=1.0, size=1.0, side=None)
    bar = Bar(symbol="SIM:A", interval="1m", time=0, open=1.0, high=1.0, low=1.0, close=1.0, volume=0.0)
    assert keys(trade) == "symbol id time price size side"
    assert keys(bar) == "symbol interval time open high low close volume trades closed source"
    assert keys(Quote(symbol="SIM:A")) == (
        "symbol seq time received last size bid bid_size ask ask_size open high low volume hi lo merged state"
    )


def test_an_update_leaves_out_what_is_empty() -> None:
    assert wire.to_text(wire.Update(17, 5)) == '{"type":"update","n":17,"time":5}'


def test_every_interval_has_a_stream() -> None:
    assert wire.BAR_STREAMS["bars:1m"] == "1m"
    assert {"quote", "trades", *wire.BAR_STREAMS} == wire.STREAMS
