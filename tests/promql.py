"""Enough of PromQL to find a typing error: names, functions, brackets. Not a parser of Prometheus'."""

import re

FUNCTIONS = {"rate", "increase", "irate", "delta", "histogram_quantile", "vector", "abs", "clamp_min", "time"}
AGGREGATIONS = {"sum", "min", "max", "avg", "count", "topk", "quantile"}
GROUPINGS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
WORDS = GROUPINGS | {"and", "or", "unless", "bool", "offset"}
TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<span>\[(?:\d+[smhd]|\$__rate_interval)\])"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"""
    r"""|(?P<sign>[=!]~|[=!<>]=|[-+*/%^=<>(),{}])"""
)
OPENS = {")": "(", "}": "{"}
RANGED = {"rate", "increase", "irate", "delta"}


class BadQuery(ValueError):
    """The query can't be meant so."""


def tokens(query: str) -> list[tuple[str, str]]:
    """Return the kind and text of each token. Raises BadQuery for a sign that there isn't."""
    found, at = [], 0
    while at < len(query):
        match = TOKEN.match(query, at)
        if match is None:
            raise BadQuery(f"{query[at : at + 10]!r} in {query}")
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match[0]))
        at = match.end()
    return found


def metrics_of(query: str) -> set[str]:
    """Return the metrics that a query names. Raises BadQuery: brackets, functions."""
    found, depth, names = tokens(query), [], set()
    labels = False  # between the brackets that follow by, on, …
    for number, (kind, text) in enumerate(found):
        after = found[number + 1][1] if number + 1 < len(found) else ""
        if text in "({":
            depth.append(text)
            labels = labels or (text == "(" and number > 0 and found[number - 1][1] in GROUPINGS)
        elif text in OPENS:
            if not depth or depth.pop() != OPENS[text]:
                raise BadQuery(f"{text} without its beginning in {query}")
            labels = labels and text != ")"
        elif kind == "name" and not labels and "{" not in depth and text not in WORDS:
            if text in FUNCTIONS | AGGREGATIONS and after in ("(", "by", "without"):
                check_range(query, found, number)
            elif after == "(":
                raise BadQuery(f"no function {text} in {query}")
            else:
                names.add(text)
    if depth or not names:
        raise BadQuery(f"{'a bracket stays open' if depth else 'no metric'} in {query}")
    return names


def check_range(query: str, found: list[tuple[str, str]], at: int) -> None:
    """Raise BadQuery unless a function over a range has one, and another none, directly in its brackets."""
    inside, depth = [], 0
    for kind, text in found[at + 1 :]:
        depth += {"(": 1, ")": -1}.get(text, 0)
        if depth == 0 and text == ")":
            break
        inside.append(kind)
    if found[at][1] in RANGED and inside[-1:] != ["span"]:
        raise BadQuery(f"{found[at][1]} without a range in {query}")
