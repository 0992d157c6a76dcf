"""Floor 4. What the API's answers look like, for its OpenAPI document: made from the structs themselves."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from dashboard.push import Accepted, GivenTicks
from feeds.market import FeedStatus, Quote, Trade


class Symbol(Struct):
    symbol: str
    venue: str
    name: str
    base: str
    quote: str
    kind: str
    tick_size: float | None
    status: str
    title: str


class Symbols(Struct):
    symbols: list[Symbol]


class Quotes(Struct):
    quotes: list[Quote]


class Bars(Struct):
    symbol: str
    interval: str
    bars: list[tuple[int, float, float, float, float, float]]
    sources: dict[str, list[int]]
    trouble: str


class Trades(Struct):
    trades: list[Trade]


class Venues(Struct):
    venues: list[FeedStatus]


class ErrorBody(Struct):
    code: str
    message: str


class ErrorAnswer(Struct):
    error: ErrorBody


def inline(kind: type) -> dict[str, Any]:
    """Return a struct's JSON schema with everything it refers to inside it."""
    schema, parts = msgspec.json.schema_components([kind], ref_template="{name}")

    def opened(node: Any) -> Any:
        if isinstance(node, dict):
            return (
                opened(parts[node["$ref"]])
                if "$ref" in node
                else {key: opened(each) for key, each in node.items()}
            )
        return [opened(each) for each in node] if isinstance(node, list) else node

    result: dict[str, Any] = opened(schema[0])
    return result


def described(kind: type) -> dict[str, Any]:
    """Return the OpenAPI description of an answer and of the errors that may stand in its place."""
    wrong = {"content": {"application/json": {"schema": inline(ErrorAnswer)}}}
    return {
        "responses": {
            200: {"description": "OK", "content": {"application/json": {"schema": inline(kind)}}},
            401: {"description": "Log in first, where one must", **wrong},
            404: {"description": "No such symbol, venue or path", **wrong},
            422: {"description": "A parameter that can't be served", **wrong},
            503: {"description": "Not now", **wrong},
        }
    }


def taking(kind: type, answer: dict[str, Any], refusals: Mapping[int, str]) -> dict[str, Any]:
    """Return the description of an answer with that of the body which is sent for it, and of why it may be
    refused, by status."""
    body = {"required": True, "content": {"application/json": {"schema": inline(kind)}}}
    wrong = {"content": {"application/json": {"schema": inline(ErrorAnswer)}}}
    refused = {status: {"description": why, **wrong} for status, why in refusals.items()}
    return {"requestBody": body, "responses": answer["responses"] | refused}


PUSH_REFUSED = {
    400: "Not JSON",
    401: "Not the token",
    403: "Nothing can be pushed here",
    429: "Too many requests",
}
ANSWERS = {
    "symbols": described(Symbols),
    "quotes": described(Quotes),
    "bars": described(Bars),
    "trades": described(Trades),
    "venues": described(Venues),
    "ticks": taking(GivenTicks, described(Accepted), PUSH_REFUSED),
}
