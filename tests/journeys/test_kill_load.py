"""kill -9 of a process every two seconds, redeliveries and faults of LINE's API, embedded and scaled, in small; in full
by `python -m tests.journeys.kill_load`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.kill_load import FAULTS, run_embedded, run_scaled
from tests.line_player import Player


@pytest.fixture
def player() -> Iterator[Player]:
    played = Player(FAULTS)
    yield played
    played.stop()


def test_embedded(tmp_path: Path, player: Player) -> None:
    run_embedded(tmp_path, player, 800, 80)


def test_scaled(tmp_path: Path, player: Player) -> None:
    _, stopped = run_scaled(tmp_path, player, 800, 60)
    assert stopped <= 10
