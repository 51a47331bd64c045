"""Groups of commands that never end in a traceback."""

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from handlers.settings import SettingsError
from knowledge import KnowledgeError


class Commands(click.Group):
    """Turns what goes wrong into one line on standard error and exit status 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (KnowledgeError, SettingsError) as error:
            message = str(error)
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
