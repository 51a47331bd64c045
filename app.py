"""The composition root: settings in, application and command line out."""

from typing import Any

from handlers.commands.cli import Desk, main, serve_command


def serve_web(desk: Desk, threads: int) -> None:
    """Serves until it is stopped: one process, its threads, its embedded worker."""
    from gunicorn.app.base import BaseApplication

    from handlers.web import make_web

    address = f"{desk.settings.host}:{desk.settings.port}"

    class _Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for key, value in {"bind": address, "workers": 1, "threads": threads, "loglevel": "warning"}.items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            web, worker = make_web(desk.settings, desk.sessions, desk.conversation)
            desk.conversation.live.get()
            worker.start()
            return web

    print(f"Web チャット: http://{address}/", flush=True)
    _Server().run()


serve_command(serve_web)

if __name__ == "__main__":
    main()
