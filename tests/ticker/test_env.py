"""The environment variables: what each gives, and the one line that refuses nonsense."""

import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ticker.environ import Environ
from ticker.env import EnvError, choose_local_key, exit_on_bad_environment, from_env, local_secret_key

REGISTRY = ("COINBASE", "KRAKEN", "SIM", "X.Y")
ENVIRON = Environ(*REGISTRY)
read, refused = ENVIRON.read, ENVIRON.refused


def test_nothing_said():
    config = read()
    assert config.redis_urls == () and config.database_url == "" and config.watch == ()
    assert config.venues == REGISTRY
    assert (config.host, config.port) == ("127.0.0.1", 8000)
    assert (config.sim_seed, config.sim_rate) == (1, 2.0)
    assert not config.debug and not config.login_required and not config.https
    assert config.ws_urls == {} and config.rest_urls == {}


def test_empty_is_unset():
    names = ("REDIS_URL", "VENUES", "WATCH", "PORT", "HOST", "DEBUG", "SIM_SEED", "SIM_RATE", "DATABASE_URL")
    assert read(**dict.fromkeys((*names, "VENUE_SIM_WS_URL"), " ")) == read()


def test_venues_keep_their_order_each_once_in_any_case():
    assert read(VENUES="sim, COINBASE,sim,").venues == ("SIM", "COINBASE")


def test_unknown_venue_is_refused_with_the_names():
    line = refused(VENUES="SIM,NYSE")
    assert line == "VENUES: NYSE is no venue; it takes some of COINBASE,KRAKEN,SIM,X.Y"


def test_watch_is_canonical():
    assert read(WATCH="coinbase:btc-usd,SIM:AAPL,COINBASE:BTC-USD").watch == ("COINBASE:BTC-USD", "SIM:AAPL")


def test_watch_takes_formulas_over_venues_that_are_on():
    assert read(WATCH="=sim:a-b ÷ 2,SIM:AAPL", VENUES="SIM").watch == ("=SIM:A-B / 2", "SIM:AAPL")
    assert "KRAKEN:B is of a venue that is not on" in refused(WATCH="=SIM:A + KRAKEN:B", VENUES="SIM")


def test_the_push_token_is_any_text_a_header_can_carry_and_is_not_repeated():
    assert (read().push_token, read(PUSH_TOKEN=" a-b_c.~ ").push_token) == ("", "a-b_c.~")
    for text in ("two words", "schlüssel", "a\nb"):
        line = refused(PUSH_TOKEN=text)
        assert line.startswith("PUSH_TOKEN: ") and text not in line


def test_metrics_of_the_worker_are_told_nowhere_unless_a_port_is_named():
    assert (read().metrics_host, read().metrics_port) == ("127.0.0.1", None)
    said = read(METRICS_PORT="9100", METRICS_HOST="[::]")
    assert (said.metrics_host, said.metrics_port) == ("::", 9100)
    assert refused(METRICS_PORT="8001", PORT="8001").startswith(
        "METRICS_PORT: 8001 is where the web listens;"
    )
    assert refused(METRICS_HOST="no host").startswith("METRICS_HOST: ")


@pytest.mark.parametrize("text", ["BTC-USD", "SIM:", "SIM:BTC USD", "NYSE:AAPL", "KRAKEN:A", "=SIM:A -"])
def test_watch_refuses_what_cannot_be_live(text):
    assert refused(WATCH=text, VENUES="SIM").startswith("WATCH: ")


@pytest.mark.parametrize(
    "text",
    ["redis://h:1/0", "rediss://:p@h", "unix:///run/v.sock", "redis://a,redis://b", "redis://[::1]:6379"],
)
def test_redis_urls(text):
    assert read(REDIS_URL=text).redis_urls == tuple(text.split(","))


def test_redis_by_sentinel_has_commas_of_its_own():
    urls = "redis+sentinel://a:1,b:2/main/3", "unix:///run/v.sock"
    assert read(REDIS_URL=", ".join(urls)).redis_urls == urls


@pytest.mark.parametrize(
    "text",
    [
        *("h:6379", "http://h", "redis://", "unix://", "redis://h:0", "redis://h:99999", "redis://h1,h2"),
        *("redis://h/name", "redis://h?socket_timeout=5", "redis://h?ssl_ca_certs=/etc/hosts", "redis://h#x"),
        *("rediss://h?ssl_ca_certs=/no/such/file.pem", "rediss://h?ssl_check_hostname=perhaps"),
        *("redis+sentinel://a,b", "redis+sentinel:///main", "redis+sentinel://a,:2/main", "redis://a b"),
    ],
)
def test_redis_refused(text):
    line = refused(REDIS_URL=text)
    assert line.startswith("REDIS_URL: ") and "; it takes redis://host:port" in line and "\n" not in line


def test_the_channel_layer_is_one_of_two():
    assert (read().channel_layer, read(CHANNEL_LAYER=" Core ").channel_layer) == ("pubsub", "core")
    assert refused(CHANNEL_LAYER="memory").endswith("memory is none of them; it takes pubsub or core")


@pytest.mark.parametrize("name", ["REDIS_URL", "DATABASE_URL"])
def test_a_password_is_not_repeated(name):
    assert "hunter2" not in refused(**{name: "mysql://me:hunter2@h/db"})


def test_database():
    assert read(DATABASE_URL="postgres://u:p@h/db").database_url == "postgres://u:p@h/db"
    assert refused(DATABASE_URL="postgres://h").startswith("DATABASE_URL: ")
    assert refused(DATABASE_URL="mysql://h/db").startswith("DATABASE_URL: ")


@pytest.mark.parametrize(
    "text", ["ws://127.0.0.1:9001", "ws://localhost:9001", "ws://[::1]:9001", "wss://h:1"]
)
def test_a_venues_host(text):
    assert read(VENUE_COINBASE_WS_URL=text).ws_urls == {"COINBASE": text}
    assert read(VENUE_X_Y_REST_URL=text.replace("ws", "http", 1) + "/").rest_urls == {
        "X.Y": text.replace("ws", "http", 1)
    }


@pytest.mark.parametrize(
    "text",
    [
        *("ws://10.0.0.1:1", "ws://127.0.0.1.example.com", "ws://2130706433", "ws://0.0.0.0:1"),
        *("http://127.0.0.1:1", "127.0.0.1:1", "wss://", "wss://h:x", "wss://me@h"),
        *("wss://h/path", "wss://h?x", "wss://h#f"),
    ],
)
def test_a_venues_host_refused(text):
    assert refused(VENUE_COINBASE_WS_URL=text).startswith("VENUE_COINBASE_WS_URL: ")


def test_a_misspelt_venue_is_refused():
    line = refused(VENUE_COINBSE_REST_URL="http://127.0.0.1:1")
    assert line.startswith("VENUE_COINBSE_REST_URL: ") and "VENUE_COINBASE_REST_URL" in line


@pytest.mark.parametrize("name", ["DEBUG", "LOGIN_REQUIRED"])
def test_switches(name):
    attribute = name.lower()
    for text, on in {"1": True, "TRUE": True, "on": True, "0": False, "no": False, "off": False}.items():
        assert getattr(read(**{name: text}), attribute) is on
    assert refused(**{name: "perhaps"}) == f"{name}: perhaps is neither on nor off; it takes 1 or 0"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("PORT", ["0", "65536", "80.5", "http", "-1", "٣", "9" * 40]),
        ("METRICS_PORT", ["0", "65536", "80.5", "http", "-1", "8000"]),
        ("SIM_SEED", ["-1", "1.5", "x", str(2**63)]),
        ("SIM_RATE", ["0", "-1", "1001", "nan", "inf", "fast"]),
        ("HOST", ["not a host", "a/b", "-x", "[::1", "x" * 300]),
        ("CSRF_TRUSTED_ORIGINS", ["ticker.example", "https://h/", "https://h/x", "ftp://h", "https://"]),
    ],
)
def test_nonsense(name, wrong):
    for text in wrong:
        line = refused(**{name: text})
        assert line.startswith(f"{name}: ") and "; it takes " in line


def test_https_follows_the_trusted_origins():
    assert read(CSRF_TRUSTED_ORIGINS="https://ticker.example").https
    assert not read(CSRF_TRUSTED_ORIGINS="http://ticker.example").https


def test_host_takes_addresses_and_names():
    for text, plain in {"0.0.0.0": "0.0.0.0", "[::1]": "::1", "::": "::", "desk.local": "desk.local"}.items():
        assert read(HOST=text).host == plain


def test_production_needs_a_key():
    with pytest.raises(EnvError, match=r"^SECRET_KEY: not set"):
        from_env({}, REGISTRY)


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_is_read_or_refused_in_one_printable_line(text):
    names = ("VENUES", "WATCH", "REDIS_URL", "DATABASE_URL", "HOST", "PORT", "SIM_SEED", "SIM_RATE", "DEBUG")
    for name in (*names, "CSRF_TRUSTED_ORIGINS", "VENUE_SIM_WS_URL", "VENUE_SIM_REST_URL"):
        try:
            read(**{name: text})
        except EnvError as error:
            assert str(error).isprintable() and str(error).startswith(name)


def test_the_local_key_stays_and_is_ours_alone(tmp_path):
    path = tmp_path / "var" / "secret-key"
    key = local_secret_key(path)
    assert len(key) >= 50 and local_secret_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret-key"]


def test_a_key_that_cannot_be_kept_is_still_a_key(tmp_path):
    (tmp_path / "var").write_text("a file where a folder should be")
    assert len(local_secret_key(tmp_path / "var" / "secret-key")) >= 50


def test_who_serves_pages_by_hand_chooses_the_key(monkeypatch):
    monkeypatch.delenv("SECRET_KEY")
    choose_local_key(["manage.py", "runserver"])
    assert "SECRET_KEY" not in os.environ
    choose_local_key(["manage.py", "migrate"])
    assert len(os.environ["SECRET_KEY"]) >= 50


def test_bad_environment_ends_with_one_line(capsys):
    with pytest.raises(SystemExit) as ended, exit_on_bad_environment():
        read(PORT="x")
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
