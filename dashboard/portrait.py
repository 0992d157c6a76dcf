"""Floor 4. A chart as a page of its own, made with Plotly: it needs no server, asks nobody, can be moved."""

import base64
import hashlib
import re

import plotly.graph_objects as go

from dashboard.panes import layout
from dashboard.scene import OVER, Scene, clock_of, scaled_of, unscaled, words
from dashboard.sketch import writing_of
from dashboard.traces import compared_traces, line_trace, price_traces, volume_trace

VOLUME = "volume of the bars"  # no pane of an indicator may have such a name
SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.S)


def page(scene: Scene) -> str:
    """Return the whole page. Its own policy lets it run the scripts in it, and ask nobody for anything."""
    name = f"chart of {scene.symbol}"
    config = {"displaylogo": False, "showSendToCloud": False, "plotlyServerURL": "", "scrollZoom": True,
              "responsive": True, "toImageButtonOptions": {"filename": safe_name(name)}}  # fmt: skip
    body = figure(scene).to_html(
        config=config, full_html=False, include_plotlyjs=True, default_height="100vh", div_id="chart"
    )
    hashes = " ".join(f"'sha256-{digest(script)}'" for script in SCRIPT.findall(body))
    policy = f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:"
    style = f"html,body{{margin:0;height:100%;background:{scene.look.ground}}}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{words(scene.title)} · Ticker</title><style>{style}</style></head>\n"
        f"<body>{body}</body></html>\n"
    )


def digest(script: str) -> str:
    """Return the hash by which a policy knows a script."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def safe_name(text: str) -> str:
    """Return a text as the name of a file: letters, digits, `-` and `_` only."""
    return re.sub(r"[^A-Za-z0-9-]+", "_", text).strip("_")[:80] or "chart"


def figure(scene: Scene) -> go.Figure:
    """Return the figure: price with what lies over it, volume, and a pane for each indicator that has one."""
    panes = dict.fromkeys([OVER, *([VOLUME] if scene.volume else []), *(line.pane for line in scene.lines)])
    axes = {pane: f"y{place}" if place > 1 else "y" for place, pane in enumerate(panes, 1)}
    clock, scaled = clock_of(scene), scaled_of(scene)
    traces = price_traces(scene, clock, scaled)
    traces += compared_traces(scene, clock, scaled)
    traces += [volume_trace(scene, clock, axes[VOLUME])] if scene.volume else []
    for line in scene.lines:
        own = scaled if line.pane == OVER else unscaled
        traces.append(line_trace(line, clock, own, axes[line.pane], scene.look))
    traces += writing_of(scene.drawings, clock, scaled, scene.look)
    return go.Figure(data=traces, layout=layout(scene, axes, clock, scaled))
