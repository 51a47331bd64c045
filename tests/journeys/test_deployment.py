"""What `deploy/` starts, without containers: its own commands, checks and variables, on the real servers."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.line_load import PROJECT, Served, line_environment, send
from tests.line_player import Faults, Player
from tests.servers import Postgres, RedisServer, WorkerProcess

_DOCKERFILE = (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
_COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "deploy" / "compose.yml").read_text(encoding="utf-8"))
_SERVICES: dict[str, dict[str, Any]] = _COMPOSE["services"]
_DESK = ("web", "worker")
_OF_OTHERS = {"POSTGRES_PASSWORD", "PYTHONUNBUFFERED"}  # read by PostgreSQL's image and by Python


def _dockerfile(instruction: str) -> list[str]:
    return re.findall(rf"^{instruction} (.+)$", _DOCKERFILE, re.MULTILINE)


def _image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in _dockerfile("ENV") for pair in line.split())


def test_every_variable_is_a_setting() -> None:
    documented = set(re.findall(r"`([A-Z_]+)`", (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")))
    named = set(_image_environment()) | {name for service in _DESK for name in _SERVICES[service]["environment"]}
    text = (PROJECT / "deploy" / "compose.yml").read_text(encoding="utf-8")
    named |= set(re.findall(r"\$\{(\w+)", text))
    assert named - documented == _OF_OTHERS
    guide = (PROJECT / "docs" / "deploy.md").read_text(encoding="utf-8")
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert required == set(re.findall(r"^([A-Z_]+)=（", guide, re.MULTILINE)), "the guide says what must be written"
    assert all(_SERVICES[service]["env_file"] == [".env"] for service in _DESK), "any other setting reaches them"


def test_what_services_wait_for_and_keep_is_there() -> None:
    kept = {volume.split(":")[0] for service in _SERVICES.values() for volume in service.get("volumes", [])}
    assert kept == set(_COMPOSE["volumes"])
    for service in _SERVICES.values():
        assert service["restart"] == "always"
        for name, condition in service.get("depends_on", {}).items():
            assert condition["condition"] in ("service_started", "service_healthy")
            assert condition["condition"] != "service_healthy" or _SERVICES[name]["healthcheck"]["test"]
        if "build" in service:
            build = service["build"]
            assert (PROJECT / "deploy" / build["context"] / build["dockerfile"]).is_file()
            # Longer than the desk takes to stop, and less than its callers' patience.
            assert service["stop_grace_period"] == "15s"


def test_what_is_copied_and_what_is_not() -> None:
    left_out = (PROJECT / ".dockerignore").read_text().split()
    assert {".git", ".venv", "data", "deploy/.env"} <= set(left_out)
    needed = ["app.py", "bot", "handlers", "intents", "knowledge", "migrations", "nlp", "ward.toml", "requirements.txt"]
    assert all((PROJECT / name).exists() and name not in left_out for name in needed)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def _run_by_us(command: list[str]) -> list[str]:
    return [sys.executable, *command[1:]] if command[0] == "python" else command


def test_the_commands_answer_on_real_servers(tmp_path: Path, stack: ExitStack) -> None:
    postgres = Postgres()
    stack.callback(postgres.close)
    redis = RedisServer(_SERVICES["redis"]["command"][1:])
    stack.callback(redis.stop)
    player = Player(Faults())
    stack.callback(player.stop)
    no_slack = {"SLACK_SIGNING_SECRET": "", "SLACK_BOT_TOKEN": ""}
    inside = {**line_environment(tmp_path, player), **no_slack, "SECRET_KEY": "long", "TRUSTED_PROXIES": "0"}
    environment = {**inside, "DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
    assert environment.keys() >= _SERVICES["web"]["environment"].keys()

    ready = _SERVICES["postgres"]["healthcheck"]["test"][1]
    where = {"PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "PATH": f"{postgres.programs}:{os.environ['PATH']}"}
    subprocess.run(ready, shell=True, check=True, env={**os.environ, **where}, stdout=subprocess.DEVNULL)

    served = stack.enter_context(Served(_run_by_us(json.loads(_dockerfile("CMD")[-1])), environment))
    worker = WorkerProcess(environment, command=_run_by_us(_SERVICES["worker"]["command"]))
    stack.callback(worker.stop)
    kind, *check = _SERVICES["web"]["healthcheck"]["test"]
    assert kind == "CMD"
    healthy = [part.replace(":8000/", f":{served.port}/") for part in _run_by_us(check)]
    assert subprocess.run(healthy, check=False).returncode == 0
    sending = send(served.base, range(20), 4)
    assert sending.sent.keys() <= player.wait_for(sending.sent, 30).keys()
    postgres.stop()
    assert subprocess.run(healthy, check=False, stderr=subprocess.DEVNULL).returncode, "the check can fail"
    postgres.start()
