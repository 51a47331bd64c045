"""The composition root: settings in, application and command line out."""

import atexit
import multiprocessing
import signal
import threading
from typing import Any

from bot.commits import GroupCommit
from handlers.commands.cli import main, serve_command
from handlers.commands.desk import Desk, prepare
from handlers.log import configure_log


def serve_web(desk: Desk, workers: int, threads: int) -> None:
    """Serves until it is stopped: processes, each with its threads and its embedded worker."""
    from gunicorn.app.base import BaseApplication

    from handlers.web import make_web

    configure_log(desk.settings.log_level)
    address = f"{desk.settings.host}:{desk.settings.port}"
    # The index is built once, by a process that ends: building touches far more memory than answering.
    build = multiprocessing.get_context("spawn").Process(target=prepare, args=(desk.settings,))
    build.start()
    build.join()
    print(f"Web チャット: http://{address}/\n職員用の画面: http://{address}/console/", flush=True)
    if first := desk.first_account_link():
        print(f"はじめのアカウントを作るリンク（1回だけ、24 時間使えます）: http://{address}{first}", flush=True)
    desk.engine.dispose()  # a connection must not be shared with the processes to come

    class _Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options = {"bind": address, "workers": workers, "threads": threads, "worker_class": "gthread"}
            for key, value in {**options, "loglevel": "warning", "graceful_timeout": 10}.items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            own = Desk(desk.settings)
            web, worker = make_web(own.settings, own.sessions, own.conversation)
            own.keep_log_short()
            own.conversation.live.watch()
            worker.start()
            atexit.register(worker.stop)
            return web

    _Server().run()


def work(desk: Desk, threads: int) -> None:
    """Answers what waits in the inbox until it is stopped."""
    from handlers.web import make_worker

    configure_log(desk.settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    desk.conversation.live.watch()
    worker = make_worker(desk.settings, desk.sessions, GroupCommit(desk.sessions), desk.conversation, threads)
    worker.start()
    print("返信の処理を始めました。", flush=True)
    stop.wait()
    worker.stop()


serve_command(serve_web, work)

if __name__ == "__main__":
    main()
