"""A real desk over a real database, and a LINE on loopback."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.conversation import Conversation
from handlers.commands.desk import Desk
from handlers.settings import Settings
from tests.command_line import data_dir  # noqa: F401  (fixture of the commands' tests)
from tests.console import admin, browser, page, served, web  # noqa: F401  (fixtures of the console's tests)
from tests.line_server import Line
from tests.slack import on_slack, slack  # noqa: F401

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
WARD = Path(__file__).resolve().parent.parent / "ward.toml"


@pytest.fixture
def line() -> Iterator[Line]:
    played = Line()
    yield played
    played.close()


@pytest.fixture(scope="session")
def kept_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of built indexes for all tests: what is built for one is read by the next."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
def settings(tmp_path: Path, line: Line, kept_index: Path) -> Settings:
    (tmp_path / "index").symlink_to(kept_index)
    url = f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    return Settings(tmp_path, url, WARD, "secret", "channel-secret", "token", line.url)


@pytest.fixture
def desk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(Desk, "now", lambda self: NOW)
    return Desk(settings)


@pytest.fixture
def conversation(desk: Desk) -> Conversation:
    return desk.conversation


@pytest.fixture(scope="session")
def shared() -> Path:
    path = Path(__file__).resolve().parents[2] / "shared"
    if not path.exists():
        pytest.skip("the ward's page is not beside this clone")
    return path
