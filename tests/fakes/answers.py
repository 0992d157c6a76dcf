"""What fake venues answer with: HTTP responses, and numbers and times as venues write them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from websockets.datastructures import Headers
from websockets.http11 import Response

PAGE = b"<!DOCTYPE html>\n<html><head><title>520: Web server is returning an unknown error</title></head>"


def response(status: int, body: bytes, kind: str) -> Response:
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status, HTTPStatus(status).phrase if status in set(HTTPStatus) else "Odd", headers, body)


def copied(answer: Response, status: int | None) -> Response:
    return Response(status or answer.status_code, answer.reason_phrase, answer.headers.copy(), answer.body)


def as_json(body: Any, status: int = 200) -> Response:
    return response(status, json.dumps(body).encode(), "application/json; charset=utf-8")


def plain(value: float | None) -> str:
    return format(Decimal(repr(value or 0.0)), "f")


def iso(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{time % 1000:03d}000Z"


def from_iso(text: str) -> int:
    if text.isdigit():
        return int(text) * 1000
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)
