"""Two clusters become one: in the database, and while somebody decides."""

import threading
from dataclasses import replace
from datetime import timedelta

from alembic import command
from alembic.config import Config
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.retention import Retention, remove_outdated
from bot.review.decisions import Choice, decide_cluster
from bot.review.filing import Filer
from bot.review.merging import merge_clusters
from bot.review.models import ClusterWording, QuestionCluster, ReviewDecision
from handlers.commands.desk import Desk
from handlers.settings import Settings
from handlers.web import make_web
from knowledge.database import HEAD_REVISION, MIGRATIONS, migrate, schema_revision
from tests.console import Console
from tests.servers import Postgres
from tests.test_review import NOW, log


def file(desk: Desk, *questions: str) -> None:
    log(desk, list(questions))
    Filer(desk.sessions, desk.conversation.live).file_waiting()


def merge_two(session: Session) -> None:
    merge_clusters(session, session.get_one(QuestionCluster, 2), session.get_one(QuestionCluster, 1))


def test_a_database_goes_a_revision_back_and_forth_with_what_was_merged(desk: Desk) -> None:
    file(desk, "ペンギンの飼い方", "南極の鳥を家で育てる", "運転免許証の住所を変えたい")
    with desk.sessions() as session:
        merge_two(session)
        decide_cluster(session, 3, Choice("ignored"), "operator", NOW)
        session.commit()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = desk.engine
    command.downgrade(config, "0014")
    assert schema_revision(desk.engine) == "0014"
    migrate(desk.engine)
    assert schema_revision(desk.engine) == HEAD_REVISION
    with desk.sessions() as session:
        states = select(QuestionCluster.id, QuestionCluster.state, QuestionCluster.merged_into)
        assert session.execute(states.order_by(QuestionCluster.id)).all() == [(1, "open", None), (3, "ignored", None)]
        assert sorted(session.scalars(select(ClusterWording.cluster_id))) == [1, 1, 3]


def test_what_was_removed_as_outdated_begins_anew_when_it_is_asked_again(desk: Desk) -> None:
    filer = Filer(desk.sessions, desk.conversation.live)
    log(desk, ["ペンギンの飼い方", "南極の鳥を家で育てる", "運転免許証の住所を変えたい"])
    filer.file_waiting()
    with desk.sessions() as session:
        merge_two(session)
        decide_cluster(session, 3, Choice("ignored"), "operator", NOW)
        session.commit()
    remove_outdated(desk.sessions, Retention(texts=90, figures=1095, inbox=30), NOW + timedelta(days=100))
    log(desk, ["ペンギンの飼い方", "ペンギンの飼い方を教えて"])
    assert filer.file_waiting() == 2
    with desk.sessions() as session:
        states = session.execute(select(QuestionCluster.label, QuestionCluster.state, QuestionCluster.count))
        assert sorted(states.all()) == [("ペンギンの飼い方", "open", 2), ("運転免許証の住所を変えたい", "ignored", 1)]
        assert session.scalars(select(ClusterWording.count).order_by(ClusterWording.id)).all() == [1, 1, 1]


def test_on_postgresql_nobody_decides_on_what_is_being_merged(settings: Settings) -> None:
    server = Postgres()
    try:
        desk = Desk(replace(settings, database_url=server.url))
        file(desk, "ペンギンの飼い方", "南極の鳥を家で育てる")
        console = Console(make_web(desk.settings, desk.sessions, desk.conversation)[0], desk, "operator")
        console.text("/console/questions/2")
        answered: list[str] = []

        def decide() -> None:
            answered.append(console.post("/console/questions/2/decide", {"kind": "ignored"}).headers["Location"])

        deciding = threading.Thread(target=decide)
        with desk.sessions() as session:
            merge_two(session)
            deciding.start()
            deciding.join(1)
            assert answered == []  # it waits
            session.commit()
        deciding.join()
        assert [place.rpartition("/")[2] for place in answered] == ["1"]
        with desk.sessions() as session:
            assert sorted(session.scalars(select(QuestionCluster.state))) == ["merged", "open"]
            assert session.scalars(select(ReviewDecision)).all() == []
        desk.engine.dispose()
    finally:
        server.close()
