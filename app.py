"""The composition root: settings in, application and command line out.

What only serving needs is imported where it serves: whoever asks on the command line does not wait for it.
"""

import multiprocessing
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from handlers.commands.cli import main, serve_command
from handlers.commands.desk import MODEL_UNUSABLE, Desk, prepare
from knowledge.database import error_kind

if TYPE_CHECKING:
    from flask import Flask

    from bot.calls import Caller
    from bot.delivery import Worker
    from handlers.settings import Settings


def _ready_desk(first: Desk) -> Desk:
    """A desk of this process's own, as soon as the database can be reached: gunicorn would end all processes for one
    that cannot start, and a database that is restarted comes back."""
    import structlog

    while True:
        try:
            own = Desk(first.settings)
            own.conversation.live.get()
            own.conversation.watch()
            return own
        except OperationalError as error:
            structlog.get_logger().error("database_not_reached", error=error_kind(error))
            time.sleep(1)


def serve_web(settings: "Settings", workers: int, threads: int) -> None:
    """Serves until it is stopped: processes, each with its threads and its embedded worker."""
    from handlers.log import configure_log
    from handlers.serving import Server
    from handlers.web import make_web

    configure_log(settings.log_level)
    address = f"{settings.host}:{settings.port}"
    # Database and index are made once, by a process that ends: that loads and touches far more than answering does.
    first_process = multiprocessing.get_context("spawn").Process(target=prepare, args=(settings,))
    first_process.start()
    first_process.join()
    if first_process.exitcode == MODEL_UNUSABLE:
        sys.exit(1)  # it has said why
    desk = Desk(settings)
    print(f"Web チャット: http://{address}/\n職員用の画面: http://{address}/console/", flush=True)
    if first := desk.first_account_link():
        print(f"はじめのアカウントを作るリンク（1回だけ、24 時間使えます）: http://{address}{first}", flush=True)
    desk.engine.dispose()  # a connection must not be shared with the processes to come

    def make() -> "tuple[Flask, Worker | Caller]":
        own = _ready_desk(desk)
        web, behind = make_web(own.settings, own.sessions, own.conversation)
        chores, steady = web.extensions["chores"]
        own.begin_chores(chores, steady, behind.busy)
        return web, behind

    Server(make, address, workers, threads).run()


def work(desk: Desk, threads: int) -> None:
    """Answers what waits in the inbox until it is stopped."""
    from bot.calls import listen
    from bot.commits import GroupCommit
    from handlers.log import configure_log
    from handlers.web import make_worker

    configure_log(desk.settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    desk.conversation.watch()
    worker = make_worker(desk.settings, desk.sessions, GroupCommit(desk.sessions), desk.conversation, threads)
    worker.start()
    listener = listen(desk.settings.redis_url, worker.wake) if desk.settings.redis_url else None
    print("返信の処理を始めました。", flush=True)
    stop.wait()
    if listener:
        listener.stop(timeout=1_000)
    worker.stop()


serve_command(serve_web, work)

if __name__ == "__main__":
    main()
