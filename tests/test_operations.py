"""What is seen from outside: the dashboard, the alert rules and the docs name metrics that a running program
tells, and every metric that it tells is in the docs."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from tests.integration.client import Client
from tests.program import LiveProgram
from tests.promql import BadQuery, metrics_of
from tests.support import free_port, wait_until

ROOT = Path(__file__).resolve().parents[1]
OPS = ROOT / "ops"
DASHBOARD = json.loads((OPS / "grafana.json").read_text())
RULES = [rule for group in YAML(typ="safe").load(OPS / "alerts.yml")["groups"] for rule in group["rules"]]
DOCS = (ROOT / "docs" / "operations.md").read_text()
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
TARGETS = [
    (f"{panel['title']} {each['refId']}", each["expr"]) for panel in PANELS for each in panel["targets"]
]
QUERIES = dict(TARGETS)
QUERIES |= {rule["alert"]: rule["expr"] for rule in RULES}
PROMETHEUS_OWN = {"up"}


def fetched(url: str) -> str:
    with urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def told_by(text: str) -> set[str]:
    """Return the names of the samples, and of the families without a sample yet, as queries write them."""
    names = set()
    for family in text_string_to_metric_families(text):
        names |= {sample.name for sample in family.samples} | {family.name}
        names |= {f"{family.name}_total"} if family.type == "counter" else set()
    return names


@pytest.fixture(scope="module")
def texts() -> Iterator[tuple[str, str]]:
    """The /metrics of the web and of the worker of a program that serves a socket."""
    port = str(free_port())
    with LiveProgram(VENUES="SIM", WATCH="SIM:BTC-USD", METRICS_PORT=port) as program:
        wait_until(lambda: program.status("/readyz") == 200, 30, "a ready program")
        worker = f"http://127.0.0.1:{port}/metrics"
        wait_until(lambda: 'ticker_feed_live{venue="SIM"} 1' in fetched(worker), 30, "a live venue")
        yield fetched(f"{program.url}/metrics"), fetched(worker)


@pytest.mark.live
def test_the_dashboard_and_the_rules_use_what_is_told(texts):
    told = told_by(texts[0]) | told_by(texts[1]) | PROMETHEUS_OWN
    wrong = {where: missing for where, query in QUERIES.items() if (missing := metrics_of(query) - told)}
    assert wrong == {}


@pytest.mark.live
def test_the_docs_name_every_metric_and_no_other(texts):
    families = [each for text in texts for each in text_string_to_metric_families(text)]
    told = {f"{each.name}_total" if each.type == "counter" else each.name for each in families}
    ours = {name for name in told if name.startswith("ticker_")}
    assert len(ours) > 40
    named = set(re.findall(r"\bticker_[a-z_]+", DOCS)) - {"ticker_back"}
    assert ours - named == set() and named - ours == set()


@pytest.mark.live
def test_each_has_its_unit_and_its_words(texts):
    for text in texts:
        ours = [each for each in text_string_to_metric_families(text) if each.name.startswith("ticker_")]
        assert [each.name for each in ours if not each.documentation.strip()] == []
        timed = [each.name for each in ours if re.search(r"_(age|lag|wait|offset|flush)", each.name)]
        assert timed and [name for name in timed if not name.endswith("_seconds")] == []
        assert "_created" not in text


def updates_of(client: Client) -> list[dict]:
    return [frame for frame in client.frames if frame["type"] == "update"]


@pytest.mark.live
async def test_the_metrics_count_what_goes_to_a_socket(live_program):
    program = live_program(WATCH="SIM:BTC-USD", SIM_RATE="20")
    async with Client(program) as client:
        await client.subscribe("SIM:BTC-USD", streams=["quote", "trades"])
        await client.prices("SIM:BTC-USD", 10)
        await client.wait_for(lambda: any(each.get("trades") for each in updates_of(client)), 20, "a trade")
        updates = len(updates_of(client))
        text = await asyncio.to_thread(fetched, f"{program.url}/metrics")
    families = text_string_to_metric_families(text)
    values = {sample.name: sample.value for family in families for sample in family.samples}
    assert values["ticker_sockets"] == 1
    assert values["ticker_updates_total"] >= updates > 0
    assert values["ticker_trades_sent_total"] > 0
    sent, merged = values["ticker_prices_sent_total"], values["ticker_prices_merged_total"]
    assert sent >= 10 and sent + merged <= values["ticker_prices_offered_total"]
    assert values["ticker_worker_last_word_age_seconds"] < 60


# ------------------------------------------------------------------------- the files
def test_queries_are_well_formed():
    assert len(PANELS) > 20 and len(RULES) > 15
    for where, query in QUERIES.items():
        assert metrics_of(query), where


@pytest.mark.parametrize(
    "query",
    [
        "sum(rate(ticker_x[5m])",
        "rate(ticker_x)",
        "smu(ticker_x)",
        'ticker_x{a="b"}}',
        "sum by (venue ticker_x)",
        "ticker_x § 2",
        "1 + 2",
    ],
)
def test_a_query_with_a_typing_error_is_found(query):
    with pytest.raises(BadQuery):
        metrics_of(query)


def test_labels_are_no_metrics():
    query = (
        'sum by (venue, kind) (rate(ticker_x_total{kind=~"a|b",job="c"}[5m])) > 0 and on (venue) max(up) == 1'
    )
    assert metrics_of(query) == {"ticker_x_total", "up"}


def test_every_rule_says_what_and_the_docs_what_to_do():
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "warn"), rule["alert"]
        assert rule["annotations"]["summary"] and rule["annotations"]["description"], rule["alert"]
        assert f"`{rule['alert']}`" in DOCS
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    assert set(re.findall(r"`(Ticker[A-Z]\w+)`", DOCS)) == {rule["alert"] for rule in RULES}


def test_panels_are_told_apart_and_none_covers_another():
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert all(panel["title"] and panel["description"] for panel in PANELS)
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    for number, one in enumerate(places):
        assert one["x"] + one["w"] <= 24
        for other in places[number + 1 :]:
            apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
            assert apart or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]


def test_prometheus_is_told_where_the_programs_are():
    config = YAML(typ="safe").load(OPS / "prometheus.yml")
    jobs = {job["job_name"]: job["dns_sd_configs"][0] for job in config["scrape_configs"]}
    assert {name: place["port"] for name, place in jobs.items()} == {
        "ticker-web": 8000,
        "ticker-worker": 9100,
    }
    named = {job for query in QUERIES.values() for job in re.findall(r'job="([^"]+)"', query)}
    assert named <= set(jobs) and config["rule_files"] == ["alerts.yml"]
