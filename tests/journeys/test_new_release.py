"""A release published by a command while two web processes answer."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.line_load import PROJECT, Served, desk_command, line_environment, send
from tests.line_player import Faults, Player

_FAQ = "id,question,answer\nF1,桜まつりの日,4月の第1日曜日です。\n"


def test_every_process_answers_from_a_new_release_within_two_seconds(tmp_path: Path) -> None:
    player = Player(Faults())
    environment = line_environment(tmp_path, player)
    faq = tmp_path / "faq.csv"
    faq.write_text(_FAQ, encoding="utf-8")
    with Served(desk_command(2, 4), environment) as served:
        command = [sys.executable, "app.py", "import", str(faq), "--publish"]
        subprocess.run(command, cwd=PROJECT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
        published = time.monotonic()
        sending = send(served.base, range(200), 8)  # questions go on meanwhile
        time.sleep(max(0.0, published + 2 - time.monotonic()))
        said = {urllib.request.urlopen(served.base + "/readyz", timeout=5).read().decode() for _ in range(40)}
        assert said == {"ready, release 2"}
        assert sending.sent.keys() <= player.wait_for(sending.sent, 20).keys()
    player.stop()
