"""What the desk is compared with: a Flask route that verifies the signature and echoes."""

import base64
import hashlib
import hmac
import json
import os
import sys
from typing import Any

import urllib3

from tests.line_load import SECRET


def _echo() -> Any:
    """A Flask route that verifies the signature and echoes through one reused client."""
    from flask import Flask, request

    web = Flask(__name__)
    client = urllib3.PoolManager(maxsize=64)
    url, token = os.environ["LINE_API_BASE"] + "/v2/bot/message/reply", os.environ["LINE_CHANNEL_ACCESS_TOKEN"]

    @web.get("/readyz")
    def ready() -> str:
        return "ok"

    @web.post("/webhook/line")
    def hook() -> tuple[str, int]:
        body = request.get_data()
        signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        if not hmac.compare_digest(signature, request.headers.get("x-line-signature", "")):
            return "", 400
        for event in json.loads(body)["events"]:
            message = {"type": "text", "text": event["message"]["text"]}
            answer = json.dumps({"replyToken": event["replyToken"], "messages": [message]})
            client.request("POST", url, body=answer, headers={"Authorization": f"Bearer {token}"}, timeout=10.0)
        return "OK", 200

    return web


def _serve_echo(workers: int, threads: int) -> None:
    from gunicorn.app.base import BaseApplication

    class _Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            address = f"127.0.0.1:{os.environ['PORT']}"
            options = {"bind": address, "workers": workers, "threads": threads, "worker_class": "gthread"}
            for key, value in {**options, "loglevel": "warning"}.items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            return _echo()

    _Server().run()


if __name__ == "__main__":
    _serve_echo(int(sys.argv[1]), int(sys.argv[2]))
