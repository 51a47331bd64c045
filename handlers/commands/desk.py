"""What the commands and the web server work with, made once a process."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from bot.conversation import Conversation
from bot.notices import NoticeBoard
from bot.ward import Ward, read_ward
from handlers.settings import Settings, SettingsError, retention_of
from knowledge import KnowledgeError
from knowledge.database import (
    Sessions,
    begin_writing,
    make_engine,
    make_sessions,
    migrate,
    one_process_at_a_time,
)
from knowledge.draft import read_draft
from knowledge.exchange import shipped_document
from knowledge.history import COMMAND, sign_changes
from knowledge.live import LiveSnapshot
from knowledge.merging.comparing import merge_into_draft
from knowledge.releases import live_number, publish_release
from nlp import NlpError

if TYPE_CHECKING:
    from nlp.dense.model import LocalModel


class Desk:
    """Settings, ward, database and conversation.

    Where there is no database yet, it is made and the shipped knowledge base published in it, unless `empty`.
    """

    def __init__(self, settings: Settings, empty: bool = False) -> None:
        self.settings = settings
        self.ward: Ward = read_ward(settings.ward_profile)
        self.engine = make_engine(settings.database_url)
        self.sessions: Sessions = make_sessions(self.engine, self.now)
        with one_process_at_a_time(self.engine):
            if migrate(self.engine) and not empty:
                self.load_shipped()
        live = LiveSnapshot(self.sessions, settings.data_dir / "index", _dense_model(settings))
        self.conversation = Conversation(live, self.ward, self.now, NoticeBoard(self.sessions))

    def load_shipped(self) -> None:
        """Publishes the shipped knowledge base where nothing was published or drafted."""
        with self.sessions() as session:
            if live_number(session) is None and not read_draft(session).entries:
                sign_changes(session, COMMAND, "はじめの知識ベース")
                merge_into_draft(session, shipped_document(), by_hand=True)
                publish_release(session, self.now(), "はじめの知識ベース")
                session.commit()

    def first_account_link(self) -> str | None:
        """The path where the first account of the console is made; None where there is one."""
        from knowledge.accounts.links import make_first_link

        with self.sessions() as session:
            begin_writing(session)
            token = make_first_link(session, self.now())
            session.commit()
        return f"/console/first/{token}" if token else None

    def begin_chores(
        self,
        chores: Sequence[Callable[[], object]],
        steady: Sequence[Callable[[float], object]],
        busy: Callable[[], bool],
    ) -> None:
        """Lets this process follow the log and do chores every few seconds while it is not `busy` with residents (then
        the `steady` ones alone, a little each second), remove outdated texts every day and look every minute for what
        staff must see in time, unless another has done it."""
        from bot.alarms.lookout import Lookout
        from bot.retention import DailyRemoval
        from handlers.alarm_ways import make_ways

        DailyRemoval(self.sessions, retention_of(self.settings), self.now, chores, steady, busy).start()
        ways = make_ways(self.settings)
        live, hour = self.conversation.live, self.settings.digest_hour
        Lookout(self.sessions, live, self.ward.name, ways, hour, self.now).start()

    def now(self) -> datetime:
        """The one clock, in the ward's time zone."""
        return datetime.now(ZoneInfo(self.ward.timezone))


def _dense_model(settings: Settings) -> "LocalModel | None":
    """The model that the settings name, not yet opened; None, and nothing imported, where they name none."""
    if settings.dense_model_dir is None:
        return None
    from nlp.dense.model import LocalModel

    return LocalModel(settings.dense_model_dir)


MODEL_UNUSABLE = 3  # exit status


def prepare(settings: Settings) -> None:
    """Makes the database and builds the index of the live release, where they are not there already. Ends the process
    with MODEL_UNUSABLE, and a line that says why, where the dense ranker's model cannot be used."""
    try:
        Desk(settings).conversation.live.get()
    except NlpError as error:
        print(error, file=sys.stderr)
        sys.exit(MODEL_UNUSABLE)
    except (KnowledgeError, SettingsError, SQLAlchemyError, OSError):
        sys.exit(1)  # the process that began this one meets the same, and tells it
