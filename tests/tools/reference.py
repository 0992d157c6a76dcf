"""Writes tests/js/reference/*.json: bars, and what indicators come to over them by programs other than ours.

Run it with a Python that has the sources, which the tests themselves don't need:
    pip install TA-Lib==0.8.2 numpy==2.4.6 pandas==3.1.1
    python tests/tools/reference.py
Each file names its source with its version. TA-Lib is the source of all but VWAP (a pandas recount by UTC
day) and the volume profile (a numpy recount of each row's share in each bar). A source is given the bars
without the holes; the values are put back at the places of the bars, null elsewhere. Prices are eighths, so
that the sums of squares in TA-Lib's deviation are exact.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import talib

OUT = Path(__file__).resolve().parents[1] / "js" / "reference"
MANY = 300
QUARTER = 15 * 60_000
START = 1_709_927_100_000  # 8 March 2024, 19:45 UTC: the bars reach into four days
HOLES = {0, 40, 41, 42, 43, 120, 121, 299}
FLAT = range(150, 185)  # closes that don't move, longer than any default window
QUIET = {*range(90, 96), *range(113, 116), 200, 201}  # nothing traded, also where a day begins
UNTOLD = {60, 61, 250}  # a volume that nobody told

TALIB = f"TA-Lib {talib.__ta_version__.decode().split()[0]} by its Python wrapper {talib.__version__}"
PANDAS = f"pandas {pd.__version__}"
NUMPY = f"numpy {np.__version__}"

Columns = dict[str, "np.ndarray[Any, Any]"]


def bars() -> list[dict[str, Any]]:
    """Return the bars: a walk with a jump, flat stretches, and holes whose figures mean nothing."""
    dice = random.Random(20240308)
    made, close = [], 4000  # eighths
    for place in range(MANY):
        opened = close + (240 if place == 230 else dice.randint(-4, 4))
        close = close if place in FLAT else max(800, opened + dice.randint(-24, 24))
        if place in QUIET:
            opened = high = low = close
        else:
            high = max(opened, close) + dice.randint(0, 12)
            low = min(opened, close) - dice.randint(0, 12)
        volume = None if place in UNTOLD else 0 if place in QUIET else dice.randint(1, 90_000) / 100
        bar: dict[str, Any] = {
            "time": START + place * QUARTER,
            "open": opened / 8,
            "high": high / 8,
            "low": low / 8,
        }
        bar |= {"close": close / 8, "volume": volume, "source": "backfill"}
        hole = {"open": 9e8, "high": 9e8, "low": 9e8, "close": 9e8, "volume": 9e8, "source": "hole"}
        made.append({**bar, **hole} if place in HOLES else bar)
    return made


def columns(known: list[dict[str, Any]]) -> Columns:
    """Return the bars' figures as arrays; a volume that nobody told is none."""
    keys = ("open", "high", "low", "close", "volume")
    return {key: np.array([bar[key] or 0.0 for bar in known]) for key in keys}


def vwap(known: list[dict[str, Any]]) -> dict[str, Any]:
    frame = pd.DataFrame(known).fillna({"volume": 0})
    day = pd.to_datetime(frame["time"], unit="ms", utc=True).dt.date
    frame["paid"] = frame[["high", "low", "close"]].mean(axis=1) * frame["volume"]
    sums = frame.groupby(day)[["paid", "volume"]].cumsum()
    return {"line": (sums["paid"] / sums["volume"]).where(sums["volume"] > 0).to_numpy()}


def macd(c: Columns, fast: int, slow: int, signal: int) -> dict[str, Any]:
    """TA-Lib holds the line back until there is a signal; with a signal of one bar it tells all of it."""
    line = talib.MACD(c["close"], fast, slow, 1)[0]
    _, signals, histogram = talib.MACD(c["close"], fast, slow, signal)
    return {"line": line, "signal": signals, "histogram": histogram}


def bollinger(c: Columns, length: int, width: float) -> dict[str, Any]:
    return dict(
        zip(("upper", "middle", "lower"), talib.BBANDS(c["close"], length, width, width), strict=True)
    )


def donchian(c: Columns, length: int) -> dict[str, Any]:
    upper, lower = talib.MAX(c["high"], length), talib.MIN(c["low"], length)
    return {"upper": upper, "middle": talib.MIDPRICE(c["high"], c["low"], length), "lower": lower}


def profile(known: list[dict[str, Any]], rows: int) -> dict[str, Any]:
    c = columns(known)
    edges = np.linspace(c["low"].min(), c["high"].max(), rows + 1)
    height = c["high"] - c["low"]
    sides: dict[str, Any] = {}
    for side, chosen in (("up", c["close"] >= c["open"]), ("down", c["close"] < c["open"])):
        tall, point = chosen & (height > 0), chosen & (height == 0)
        top = np.minimum(c["high"][tall, None], edges[None, 1:])
        bottom = np.maximum(c["low"][tall, None], edges[None, :-1])
        shares = np.clip(top - bottom, 0, None) / height[tall, None]
        points, _ = np.histogram(c["low"][point], edges, weights=c["volume"][point])
        sides[side] = (shares * c["volume"][tall, None]).sum(axis=0) + points
    control = int(np.argmax(sides["up"] + sides["down"]))
    return {"edges": edges.tolist(), "control": control} | {side: sides[side].tolist() for side in sides}


TALIB_CASES: dict[str, tuple[str, Callable[..., dict[str, Any]], list[dict[str, Any]]]] = {
    "sma": (
        "SMA",
        lambda c, length: {"line": talib.SMA(c["close"], length)},
        [{"length": 20}, {"length": 50}],
    ),
    "ema": (
        "EMA",
        lambda c, length: {"line": talib.EMA(c["close"], length)},
        [{"length": 20}, {"length": 3}],
    ),
    "bollinger": ("BBANDS", bollinger, [{"length": 20, "width": 2.0}, {"length": 7, "width": 2.5}]),
    "donchian": ("MAX, MIN, MIDPRICE", donchian, [{"length": 20}, {"length": 55}]),
    "rsi": (
        "RSI",
        lambda c, length: {"line": talib.RSI(c["close"], length)},
        [{"length": 14}, {"length": 3}],
    ),
    "macd": ("MACD", macd, [{"fast": 12, "slow": 26, "signal": 9}, {"fast": 5, "slow": 8, "signal": 3}]),
    "atr": (
        "ATR",
        lambda c, length: {"line": talib.ATR(c["high"], c["low"], c["close"], length)},
        [{"length": 14}, {"length": 5}],
    ),
    "obv": ("OBV", lambda c: {"line": talib.OBV(c["close"], c["volume"])}, [{}]),
}


def placed(values: "np.ndarray[Any, Any]") -> list[float | None]:
    """Return the values at the places of all bars: null at the holes, and where the source has none."""
    told = iter(values)
    at = [None if place in HOLES else float(next(told)) for place in range(MANY)]
    return [None if value is None or np.isnan(value) else value for value in at]


def write(name: str, content: Any) -> None:
    (OUT / f"{name}.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")


def main() -> None:
    """Write all of them."""
    OUT.mkdir(exist_ok=True)
    made = bars()
    known = [bar for bar in made if bar["source"] != "hole"]
    write("bars", {"source": "made by tests/tools/reference.py", "bars": made})
    for kind, (names, count, cases) in TALIB_CASES.items():
        done = [
            {
                "params": case,
                "values": {key: placed(line) for key, line in count(columns(known), **case).items()},
            }
            for case in cases
        ]
        write(kind, {"source": f"{TALIB}: {names}", "cases": done})
    lines = {key: placed(line) for key, line in vwap(known).items()}
    write("vwap", {"source": f"{PANDAS}: a recount by UTC day", "cases": [{"params": {}, "values": lines}]})
    rows = [{"rows": many, "profile": profile(known, many)} for many in (48, 7)]
    write("profile", {"source": f"{NUMPY}: a recount of shares", "cases": rows})


if __name__ == "__main__":
    main()
