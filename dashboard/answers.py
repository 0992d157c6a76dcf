"""Floor 4. The API's answers: JSON, and every error in the one form that errors have, whoever made it."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware

from feeds import wire

API = "/api/"
SAID = {
    400: ("bad_request", "this request can't be read"),
    403: ("forbidden", "not allowed"),
    404: ("not_found", "no such path; /api/docs lists them"),
    405: ("method_not_allowed", "not by this method; /api/docs lists the paths and the method of each"),
}
UNAVAILABLE = ("unavailable", "this can't be answered now; try again in some seconds")


class Trouble(Exception):
    """An error of the API: HTTP status, code and a message that says what is right."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def answer(body: Any, status: int = 200) -> HttpResponse:
    """Return a JSON answer."""
    response = HttpResponse(wire.to_json(body), content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    return response


def error(status: int, code: str, message: str) -> HttpResponse:
    """Return an error in the one form that errors have."""
    return answer({"error": {"code": code, "message": message}}, status)


def in_form(response: HttpResponseBase) -> HttpResponseBase:
    """Return an answer of the API as it is, but a page of Django's or a word of ninja's as an error."""
    status = response.status_code
    if status < 400 or response.get("Content-Type") == "application/json":
        return response
    plain = error(503 if status >= 500 else status, *SAID.get(status, UNAVAILABLE))
    if "Allow" in response:
        plain["Allow"] = response["Allow"]
    return plain


@async_only_middleware
def errors_in_form(
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Return the outermost middleware: under /api no error is a page, wherever in Django it was made."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        response = await get_response(request)
        return in_form(response) if request.path.startswith(API) else response

    return middleware
