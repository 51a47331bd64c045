"""What `serve` prints on a fresh machine leads into the console."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.journeys.test_kill import PROJECT, _port


def _serve(data_dir: Path) -> tuple["subprocess.Popen[str]", list[str]]:
    """A started server and its three lines."""
    environment = {**os.environ, "DATA_DIR": str(data_dir), "PORT": str(_port())}
    process = subprocess.Popen(
        [sys.executable, "app.py", "serve"], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, [process.stdout.readline() for _ in range(3)]


def _status(address: str) -> int:
    """Of a page of the server that has just begun; asked until it listens."""
    for _ in range(200):
        try:
            return int(urllib.request.urlopen(address, timeout=5).status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.1)
    raise AssertionError("not ready")


def test_serve_prints_where_the_first_account_is_made(tmp_path: Path) -> None:
    links = []
    for _ in range(2):
        process, lines = _serve(tmp_path)
        try:
            assert lines[0].startswith("Web チャット: http://127.0.0.1:")
            assert lines[1].rstrip().endswith("/console/")
            links.append(re.findall(r"http://\S+/console/first/[\w-]+", lines[2])[0])
            assert _status(links[-1]) == 200
            host = links[-1].split("/console/")[0]
            if len(links) == 2:
                assert _status(f"{host}/console/first/{links[0].rsplit('/', 1)[1]}") == 422
        finally:
            process.terminate()
            process.wait(timeout=30)
