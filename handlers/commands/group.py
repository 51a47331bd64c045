"""Groups of commands that never end in a traceback."""

import sys
from importlib import import_module
from typing import ClassVar

import click
from sqlalchemy.exc import SQLAlchemyError

from handlers.settings import SettingsError
from knowledge import KnowledgeError
from nlp import NlpError


class Commands(click.Group):
    """Turns what goes wrong into one line on standard error and exit status 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (KnowledgeError, NlpError, SettingsError) as error:
            message = " ".join(str(error).splitlines())
        except SQLAlchemyError as error:
            cause = str(getattr(error, "orig", None) or error).splitlines()[0]
            message = f"データベースが使えません（{cause}）。DATABASE_URL と DATA_DIR を確かめてください。"
        except BrokenPipeError:
            sys.stderr.close()
            message = ""
        except OSError as error:
            message = f"{error.filename or ''}: {error.strerror}。場所と権限を確かめてください。"
        if message:
            click.echo(message, err=True)
        raise click.exceptions.Exit(1)


class Root(Commands):
    """Finds most commands only when they are called: nobody who asks waits for what imports documents to load."""

    _ELSEWHERE: ClassVar[dict[str, dict[str, str]]] = {
        "handlers.commands.knowledge": {
            "import": "import_file",
            "export": "export",
            "publish": "publish",
            "releases": "releases",
            "rollback": "rollback",
            "evaluate": "evaluate",
        },
        "handlers.commands.store": {
            "backup": "backup",
            "restore": "restore",
            "questions": "questions",
            "users": "users",
            "inbox": "inbox",
        },
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *(name for names in self._ELSEWHERE.values() for name in names)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for module, names in self._ELSEWHERE.items():
            if cmd_name in names:
                command = getattr(import_module(module), names[cmd_name])
                return command if isinstance(command, click.Command) else None
        return super().get_command(ctx, cmd_name)
