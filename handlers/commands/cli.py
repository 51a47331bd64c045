"""The operator's commands."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import click

from bot.channels.json_answer import render_json
from bot.conversation import Conversation
from bot.ward import Ward, read_ward
from handlers.settings import Settings, read_settings
from knowledge import KnowledgeError
from knowledge.database import Sessions, make_engine, make_sessions, migrate
from knowledge.document import Document
from knowledge.draft import merge_into_draft
from knowledge.exchange import document_from_json, document_to_json, shipped_document
from knowledge.importers.structure import build_document
from knowledge.importers.text import read_blocks, read_text
from knowledge.releases import (
    list_releases,
    live_number,
    point_to_release,
    publish_release,
    read_release,
)
from knowledge.snapshot import LiveSnapshot


class Desk:
    """What the commands work with: settings, ward, database, conversation; made once a process."""

    def __init__(self, settings: Settings, empty: bool = False) -> None:
        self.settings = settings
        self.ward: Ward = read_ward(settings.ward_profile)
        engine = make_engine(settings.database_url)
        migrate(engine)
        self.sessions: Sessions = make_sessions(engine)
        if not empty:
            with self.sessions() as session:
                if live_number(session) is None:
                    merge_into_draft(session, shipped_document())
                    publish_release(session, self.now(), "はじめの知識ベース")
                    session.commit()
        self.conversation = Conversation(LiveSnapshot(self.sessions, settings.data_dir / "index"), self.ward, self.now)

    def now(self) -> datetime:
        """The one clock, in the ward's time zone."""
        return datetime.now(ZoneInfo(self.ward.timezone))


class _Commands(click.Group):
    """Turns what goes wrong into one line and exit status 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KnowledgeError as error:
            click.echo(str(error), err=True)
            ctx.exit(1)


@click.group(cls=_Commands, help="鶴見区の案内係（区の取組と担当窓口を答えるボット）")
def cli() -> None:
    pass


@cli.command(help="データベースを作り、付属の知識ベースを公開します。")
@click.option("--empty", is_flag=True, help="知識ベースを読み込まない")
def init(empty: bool) -> None:
    Desk(read_settings(), empty)
    click.echo("データベースの用意ができました。")


@cli.command(help="質問に答えます。")
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="1行に1つの JSON で出す")
@click.option("--top", default=3, show_default=True, type=click.IntRange(1, 100), help="候補の数")
@click.option("--file", "file", type=click.File(encoding="utf-8"), help="1行に1問のファイル（- は標準入力）")
def ask(question: str | None, as_json: bool, top: int, file: TextIO | None) -> None:
    if (question is None) == (file is None):
        raise click.UsageError("質問か --file のどちらか一つを指定してください。")
    conversation = Desk(read_settings()).conversation
    for line in [question or ""] if file is None else (row.rstrip("\r\n") for row in file):
        reply = conversation.answer(line, top)
        click.echo(json.dumps(render_json(line, reply), ensure_ascii=False) if as_json else reply.text)


def _read_document(path: Path, area_code: str) -> Document:
    suffix = path.suffix.lower()
    if suffix == ".json":
        return document_from_json(read_text(path), path.name)
    if suffix == ".txt":
        document = build_document(read_blocks(read_text(path)), area_code, path.name)
        if not document.entries:
            raise KnowledgeError(f"{path.name}: 計画の見出しと取組が見つかりません。文書の形を確かめてください。")
        return document
    raise KnowledgeError(f"{path.name}: 読み込めるのは .txt と .json です。")


def _entry_row(document: Document) -> dict[str, object]:
    return {
        "plans": [
            {
                "title": p.title,
                "valid_from": p.valid_from and str(p.valid_from),
                "valid_to": p.valid_to and str(p.valid_to),
            }
            for p in document.plans
        ],
        "entries": [
            {
                "plan": e.plan.title, "section": e.section, "title": e.title,
                "office": e.office.name if e.office else "", "floor": e.office.floor if e.office else "",
                "counter": e.office.counter if e.office else "",
                "phone": e.office.phone.replace("-", "") if e.office else "",
            }
            for e in document.entries
        ],
        "left_out": [{"where": x.where, "text": x.text, "why": x.why} for x in document.left_out],
    }  # fmt: skip


@cli.command("import", help="文書（.txt, .json）を下書きに読み込みます。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="書き込まずに結果だけを見る")
@click.option("--json", "as_json", is_flag=True, help="JSON で出す（--dry-run と）")
@click.option("--publish", "publish_now", is_flag=True, help="読み込んだら公開する")
def import_file(file: Path, dry_run: bool, as_json: bool, publish_now: bool) -> None:
    desk = Desk(read_settings())
    document = _read_document(file, desk.ward.area_code)
    if dry_run and as_json:
        click.echo(json.dumps(_entry_row(document), ensure_ascii=False))
        return
    with desk.sessions() as session:
        changes = merge_into_draft(session, document)
        if not dry_run:
            if publish_now:
                publish_release(session, desk.now(), f"{file.name} の読み込み")
            session.commit()
    for label, rows in (("追加", changes.added), ("変更", changes.changed)):
        for row in rows:
            click.echo(f"{label}: {row}")
    for left in document.left_out:
        click.echo(f"除外: {left.where}「{left.text[:30]}」{left.why}")
    click.echo(f"追加 {len(changes.added)}、変更 {len(changes.changed)}、同じ {len(changes.unchanged)}")


@cli.command(help="公開中の知識ベースを書き出します（.json）。")
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    if file.suffix.lower() != ".json":
        raise KnowledgeError(f"{file.name}: 書き出せる形は .json です。")
    desk = Desk(read_settings())
    with desk.sessions() as session:
        file.write_text(document_to_json(read_release(session, live_number(session) or 0)), encoding="utf-8")
    click.echo(f"{file.name} に書き出しました。")


@cli.command(help="下書きを調べて公開します。")
@click.option("--reason", default="", help="公開の理由")
def publish(reason: str) -> None:
    desk = Desk(read_settings())
    with desk.sessions() as session:
        number = publish_release(session, desk.now(), reason)
        session.commit()
    click.echo(f"公開版 {number} を公開しました。")


@cli.command(help="公開版の一覧を出します。")
def releases() -> None:
    desk = Desk(read_settings())
    with desk.sessions() as session:
        live = live_number(session)
        for row in list_releases(session):
            mark = "公開中" if row.number == live else ""
            click.echo(f"{row.number}\t{row.published_at:%Y-%m-%d %H:%M}\t{mark}\t{row.reason}")


@cli.command(help="前の公開版に戻します。")
@click.argument("number", type=int)
def rollback(number: int) -> None:
    desk = Desk(read_settings())
    with desk.sessions() as session:
        point_to_release(session, number, desk.now())
        session.commit()
    click.echo(f"公開版 {number} に戻しました。")


def serve_command(serve_web: Callable[[Desk, int], None]) -> None:
    """Adds `serve`, whose web part the composition root supplies."""

    @cli.command(help="Web サーバーを動かします。")
    @click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256))
    def serve(threads: int) -> None:
        serve_web(Desk(read_settings()), threads)


def main() -> None:
    """Runs the command line."""
    sys.exit(cli(standalone_mode=True))
