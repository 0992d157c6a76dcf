"""compose.yaml: as the compose specification wants it, and as closed as README says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from ruamel.yaml import YAML

from tests.support import wait_until
from ticker.embedded import find_server

ROOT = Path(__file__).resolve().parents[1]
BALANCER = (ROOT / "ops" / "nginx.conf").read_text()
COMPOSE = YAML(typ="safe").load(ROOT / "compose.yaml")
SERVICES = COMPOSE["services"]
OWN = ("web", "worker", "migrate")


def test_it_follows_the_compose_specification():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    check = subprocess.run([*command, "compose.yaml"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout + check.stderr


def test_the_specification_is_really_asked(tmp_path):
    wrong = tmp_path / "compose.yaml"
    wrong.write_text("services: {web: {image: 7}}")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    check = subprocess.run([*command, str(wrong)], capture_output=True, check=False)
    assert check.returncode != 0


def test_the_services():
    assert set(SERVICES) == {"proxy", "web", "worker", "migrate", "valkey", "postgres"}


def test_only_the_balancer_has_a_port_and_only_on_this_machine():
    assert {name for name, service in SERVICES.items() if service.get("ports")} == {"proxy"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["proxy"]["ports"])
    assert not any(service.get("network_mode") or service.get("privileged") for service in SERVICES.values())


def test_the_metrics_of_the_worker_are_told_inside_where_prometheus_looks():
    environment = SERVICES["worker"]["environment"]
    assert set(SERVICES["web"]["environment"]) < set(environment)
    asked = YAML(typ="safe").load(ROOT / "ops" / "prometheus.yml")["scrape_configs"]
    ports = {job["job_name"]: job["dns_sd_configs"][0]["port"] for job in asked}
    assert environment["METRICS_PORT"] == str(ports["ticker-worker"]) and not SERVICES["worker"].get("ports")


@pytest.mark.parametrize("name", SERVICES)
def test_each_is_shut_in(name):
    service = SERVICES[name]
    user, _, group = service["user"].partition(":")
    assert int(user) > 0 and int(group) > 0
    assert service["read_only"] is True and service["init"] is True
    assert service["cap_drop"] == ["ALL"] and not service.get("cap_add")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] and service["mem_limit"]


@pytest.mark.parametrize("name", SERVICES)
def test_each_says_how_it_is_but_for_the_one_that_ends(name):
    check = SERVICES[name]["healthcheck"]
    assert check == {"disable": True} if name == "migrate" else check["test"][0] in ("CMD", "CMD-SHELL")


def test_only_the_worker_reaches_out_and_the_stores_are_inside():
    assert COMPOSE["networks"]["back"] == {"internal": True}
    assert {name for name in SERVICES if "egress" in SERVICES[name]["networks"]} == {"worker"}
    assert {name for name in SERVICES if SERVICES[name]["networks"] == ["back"]} == {
        *("web", "migrate", "valkey", "postgres")
    }
    assert {name for name in SERVICES if "edge" in SERVICES[name]["networks"]} == {"proxy"}


def test_the_order_of_starting():
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert SERVICES[name]["depends_on"]["valkey"] == {"condition": "service_healthy"}
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_no_secret_is_written_here_and_none_may_be_missing():
    for name in OWN:
        environment = SERVICES[name]["environment"]
        for variable in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"):
            assert ":?" in environment[variable], (name, variable)
    assert ":?" in SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"]
    assert all(":?" in SERVICES["valkey"]["environment"][user] for user in ("WEB", "WORKER"))


def test_web_and_worker_come_to_valkey_as_themselves():
    urls = {name: SERVICES[name]["environment"].get("REDIS_URL", "") for name in OWN}
    assert urls["migrate"] == ""
    for name in "web", "worker":
        assert urls[name].startswith(f"redis://{name}:${{VALKEY_{name.upper()}_PASSWORD:?")


def test_web_and_worker_can_be_several():
    for name in "web", "worker":
        service = SERVICES[name]
        assert not {"ports", "container_name", "hostname"} & service.keys()
    assert "ip_hash;" not in BALANCER and "proxy_pass http://$web:8000;" in BALANCER


def test_what_pages_fetch_is_read_from_a_web_once_and_strangers_cannot_fill_the_cache():
    static = BALANCER.split("location /static/ {")[1].split("}")[0]
    assert "proxy_cache static;" in static and "proxy_pass http://$web:8000;" in static
    assert "proxy_cache_key $uri|$encoding;" in static  # neither a query nor a header makes a copy more
    assert "proxy_cache_path /tmp/cache " in BALANCER and "max_size=16m" in BALANCER


def test_the_files_that_are_given_to_containers_are_there():
    assert all((ROOT / each["file"]).is_file() for each in COMPOSE["configs"].values())
    given = {each["source"] for service in SERVICES.values() for each in service.get("configs", ())}
    assert given == set(COMPOSE["configs"])


def test_valkey_starts_with_the_rules_and_the_passwords(tmp_path):
    command, options, script = SERVICES["valkey"]["command"]
    assert (command, options) == ("sh", "-c")
    words = script.replace("$$", "$").replace("/etc/valkey/rules.acl", str(ROOT / "ops" / "valkey.acl"))
    words = words.replace("/data", str(tmp_path)).replace("exec valkey-server", f"exec {find_server()}")
    words += f" --port 0 --unixsocket {tmp_path}/s"
    environ = {"PATH": os.environ["PATH"], "WEB": "a1", "WORKER": "b2", "REDISCLI_AUTH": "healthcheck"}
    server = subprocess.Popen(["sh", "-c", words], env=environ, stdout=subprocess.DEVNULL)
    try:
        wait_until((tmp_path / "s").exists, 20, "the socket of the server")
        for user in "web:a1", "worker:b2", "health:healthcheck":
            with redis.Redis.from_url(f"unix://{user}@{tmp_path}/s") as line:
                assert line.ping()
        with redis.Redis.from_url(f"unix://{tmp_path}/s") as line, pytest.raises(redis.AuthenticationError):
            line.ping()
    finally:
        server.kill()
        server.wait()


def test_the_example_names_every_variable_that_compose_reads():
    text = (ROOT / "compose.yaml").read_text()
    named = {
        line.partition("=")[0] for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line
    }
    read = {part.partition(":")[0] for part in text.split("${")[1:]}
    assert read == {name for name in named if not name.startswith("#")}


def test_the_image_is_not_roots_and_its_program_is_there():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER 10001:10001" in lines
    copied = [line.split()[1] for line in lines if line.startswith("COPY")]
    assert all((ROOT / path).exists() for path in copied)
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == set(copied)
    making = next(line for line in lines if "findstatic" in line)
    assert "SECRET_KEY=" in making, "without one the command would write a key into the image"
