"""Slack while processes are killed and calls fail: python -m tests.journeys.slack_under_fire --events 2000.

A web process is killed every two seconds; of the posts 5 % fail, 5 % are cut before and 5 % after acceptance, 2 % get
429; of the looks 5 % fail; 20 % of the events are delivered twice.
"""

import argparse
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import urllib3
from sqlalchemy import func, select

from bot.models import InboxEvent, QuestionLog
from knowledge.database import make_engine, make_sessions
from tests.line_load import Served, desk_command
from tests.slack import SECRET, TOKEN, callback, mention, message, signed
from tests.slack_server import Slack

_KILL_EVERY = 2.0  # seconds
_FAULTS: tuple[tuple[int | str, float], ...] = ((500, 0.05), ("reset", 0.05), ("lost", 0.05), (429, 0.02), (200, 0.83))


def _send(base: str, count: int, rate: float) -> dict[str, float]:
    """Sends events until each is taken, some twice; event → when it was."""
    pool, chance, began = urllib3.PoolManager(retries=False), random.Random(2), time.monotonic()
    taken: dict[str, float] = {}

    def one(number: int, body: bytes) -> bool:
        headers = {**signed(body), "content-type": "application/json"}
        try:
            return pool.request("POST", f"{base}/webhook/slack", body=body, headers=headers, timeout=5.0).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    for number in range(count):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        asked = (message, mention)[number % 2](number % 1000, "放置自転車", f"U{number % 97}")
        body, deadline = json.dumps(callback(number, asked)).encode(), time.monotonic() + 60
        while not one(number, body):
            assert time.monotonic() < deadline, "not taken within a minute"
            time.sleep(0.2)
        taken[f"Ev{number}"] = time.time()
        if chance.random() < 0.2:
            one(number, body)
    return taken


def run(folder: Path, count: int, rate: float) -> str:
    """Asserts that what was acknowledged was answered once; returns what happened, in a line."""
    slack, chance, over, killed = Slack(), random.Random(3), threading.Event(), 0
    kinds, shares = zip(*_FAULTS, strict=True)
    slack.delay, slack.faults = 0.02, chance.choices(kinds, shares, k=2 * count)
    slack.finding = [500 if chance.random() < 0.05 else 200 for _ in range(count)]
    environment = {
        "DATA_DIR": str(folder), "SLACK_API_BASE": slack.url, "SLACK_SIGNING_SECRET": SECRET, "SLACK_BOT_TOKEN": TOKEN,
    }  # fmt: skip
    with Served(desk_command(2, 4), environment) as served:

        def kill() -> None:
            nonlocal killed
            while not over.wait(_KILL_EVERY):
                if children := served.children():
                    os.kill(chance.choice(children), signal.SIGKILL)
                    killed += 1

        killer = threading.Thread(target=kill)
        killer.start()
        taken = _send(served.base, count, rate)
        over.set()
        killer.join()
        deadline = time.monotonic() + 75
        while len({_event(sent) for sent in slack.posted}) < count and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(7)  # whatever is still to be looked for
    posted = Counter(_event(sent) for sent in slack.posted)
    slack.close()
    assert slack.refused == []
    assert not (lost := taken.keys() - posted.keys()), f"{len(lost)} acknowledged and never answered"
    assert not (twice := [event for event, times in posted.items() if times > 1]), f"answered twice: {twice[:5]}"
    assert killed >= 1
    with make_sessions(make_engine(f"sqlite:///{folder / 'answerdesk.sqlite3'}"))() as session:
        logged = session.scalar(select(func.count()).select_from(QuestionLog))
        found = session.scalar(select(func.count()).where(InboxEvent.outcome == "sent before"))
    assert logged == count
    waited = max(float(sent["ts"]) - taken[_event(sent)] for sent in slack.posted)
    looks = slack.calls.total() - slack.calls["chat.postMessage"]
    return (
        f"{count} acknowledged, all answered once; {killed} kills; {looks} looks, {found} found; "
        f"longest wait {waited:.1f} s"
    )


def _event(sent: dict[str, object]) -> str:
    metadata: dict[str, dict[str, str]] = sent["metadata"]  # type: ignore[assignment]
    return metadata["event_payload"]["event"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000)
    parser.add_argument("--rate", type=float, default=20.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(run(Path(folder), given.events, given.rate))


if __name__ == "__main__":
    main()
