"""Slack, whose calls can be doubled: processes are killed, calls fail, and each message is answered once."""

from pathlib import Path

from tests.journeys.slack_under_fire import run


def test_nothing_acknowledged_is_lost_or_answered_twice(tmp_path: Path) -> None:
    assert "60 acknowledged, all answered once" in run(tmp_path, 60, 8)
