"""Commands on the knowledge base: import, export, publish, releases, rollback, evaluate."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from bot.draft_check.publish import publish_checked
from bot.evaluation import evaluate_file
from handlers.commands.desk import Desk
from handlers.commands.progress import shown_progress
from handlers.settings import read_settings
from knowledge import KnowledgeError
from knowledge.document import Document, Office
from knowledge.draft import read_draft
from knowledge.exchange import document_to_json
from knowledge.history import COMMAND, sign_changes
from knowledge.importers.files import read_any
from knowledge.merging.comparing import merge_into_draft
from knowledge.merging.steps import Changes
from knowledge.releases import check_draft, list_acts, list_releases, live_number, point_to_release, read_release
from knowledge.snapshot import Snapshot
from knowledge.tables import FIELD_NAMES, write_table


def _as_json(document: Document) -> dict[str, Any]:
    def office(office: Office | None) -> dict[str, str]:
        given = office or Office("")
        phone = "".join(c for c in given.phone if c.isdigit())
        return {"office": given.name, "floor": given.floor, "counter": given.counter, "phone": phone}

    return {
        "plans": [
            {
                "title": p.title,
                "valid_from": p.valid_from and p.valid_from.isoformat(),
                "valid_to": p.valid_to and p.valid_to.isoformat(),
            }
            for p in document.plans
        ],
        "entries": [
            {"plan": e.plan.title, "section": e.section, "title": e.title, **office(e.office)} for e in document.entries
        ],
        "left_out": [{"where": x.where, "text": x.text, "why": x.why} for x in document.left_out],
    }


def _line(text: str) -> str:
    return "、".join(text.splitlines())[:60]


def _report(changes: Changes, document: Document, removed: bool) -> None:
    for row in changes.added:
        click.echo(f"追加: {row}")
    for heading, rows in (("変更", changes.changed), ("文書と違うが、職員の書いたものを残しました", changes.kept)):
        for row, differences in rows.items():
            click.echo(f"{heading}: {row}")
            for difference in differences:
                name = FIELD_NAMES.get(difference.field, difference.field)
                click.echo(f"  {name}: 「{_line(difference.before)}」→「{_line(difference.after)}」")
    for note in changes.notes:
        click.echo(note)
    for row in changes.vanished:
        click.echo(f"{'削除' if removed else '新しい文書にない（下書きには残しました）'}: {row}")
    for left in document.left_out:
        click.echo(f"除外: {left.where}「{left.text[:30]}」{left.why}")
    click.echo(
        f"追加 {len(changes.added)}、変更 {len(changes.changed)}、なくなった {len(changes.vanished)}、"
        f"同じ {len(changes.unchanged)}、除外 {len(document.left_out)}"
    )


@click.command("import", help="文書（文字・HTML・Word・PDF・Excel・CSV・JSON）を下書きに読み込みます。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="書き込まずに結果だけを見る")
@click.option("--json", "as_json", is_flag=True, help="読み取った内容を JSON で出す（--dry-run と）")
@click.option("--publish", "publish_now", is_flag=True, help="読み込んだら公開する")
@click.option("--remove-vanished", is_flag=True, help="同じ計画で、文書からなくなった取組を下書きから消す")
@click.option("--source", default="", help="住民に見せる出典（例: 広報つるみ 令和8年5月号）。書かなければ出しません")
def import_file(
    file: Path, dry_run: bool, as_json: bool, publish_now: bool, remove_vanished: bool, source: str
) -> None:
    if as_json and not dry_run:
        raise click.UsageError("--json は --dry-run と一緒に使います。")
    desk = Desk(read_settings())
    with shown_progress("文書を読んでいます", few=10) as progress:
        document, by_hand = read_any(file, desk.ward.area_code, progress, desk.ward.name)
    document = document.published_in(source, {plan.title for plan in document.plans})
    if as_json:
        click.echo(json.dumps(_as_json(document), ensure_ascii=False))
        return
    with desk.sessions() as session:
        sign_changes(session, COMMAND, f"{file.name} の読み込み")
        changes = merge_into_draft(session, document, by_hand, remove_vanished)
        number = 0
        if not dry_run:
            if publish_now:
                _index_draft(desk, session)
                sign_changes(session, COMMAND, f"{file.name} の読み込み")
                merge_into_draft(session, document, by_hand, remove_vanished)
                number = _publish(desk, session, f"{file.name} の読み込み", "")
            session.commit()
    _report(changes, document, remove_vanished)
    if number:
        click.echo(f"公開版 {number} を公開しました。")


def _publish(desk: Desk, session: Session, reason: str, override: str) -> int:
    folder = desk.settings.data_dir / "index"
    return publish_checked(session, desk.conversation, folder, desk.now(), reason, override)


def _index(desk: Desk, document: Document) -> None:
    """Builds and keeps the index of a document, with its progress, before residents need it."""
    with shown_progress("索引を作っています", few=500) as progress:
        embedder = desk.conversation.live.embedder
        Snapshot(document, 0, desk.settings.data_dir / "index", progress, embedder=embedder)


def _index_draft(desk: Desk, session: Session) -> None:
    """Builds the index of the draft as the session sees it, so that publishing it changes answers at once. What the
    session has written is taken back: nobody else has to wait for the index."""
    draft = read_draft(session)
    session.rollback()
    check_draft(draft)
    _index(desk, draft)


@click.command(help="公開中の知識ベースを書き出します（.xlsx, .csv, .json）。")
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    suffix = file.suffix.lower()
    if suffix not in (".xlsx", ".csv", ".json"):
        raise KnowledgeError(f"{file.name}: 書き出せる形は .xlsx、.csv、.json です。名前の末尾を直してください。")
    if not file.absolute().parent.is_dir():
        raise KnowledgeError(f"{file}: 書き出す先のフォルダがありません。フォルダを作るか、場所を直してください。")
    desk = Desk(read_settings())
    with desk.sessions() as session:
        number = live_number(session)
        if number is None:
            raise KnowledgeError("公開版がありません。publish で公開してから書き出してください。")
        document = read_release(session, number)
    if suffix == ".json":
        file.write_text(document_to_json(document), encoding="utf-8")
    else:
        write_table(document, file)
    click.echo(f"{file.name} に {len(document.entries)} 件を書き出しました。")


@click.command(help="下書きを調べて公開します。")
@click.option("--reason", default="", help="公開の理由")
@click.option("--override-reason", default="", help="検査で見つかった誤りがあっても公開する理由（記録されます）")
def publish(reason: str, override_reason: str) -> None:
    desk = Desk(read_settings())
    with desk.sessions() as session:
        _index_draft(desk, session)
        number = _publish(desk, session, reason, override_reason)
        session.commit()
    click.echo(f"公開版 {number} を公開しました。")


@click.command(help="公開版の一覧を出します。")
@click.option("--acts", is_flag=True, help="公開したこと・戻したことを、だれが・なぜと一緒に出す")
def releases(acts: bool) -> None:
    desk = Desk(read_settings())
    with desk.sessions() as session:
        for act in list_acts(session, most=1000) if acts else ():
            done = f"{act.action}\t追加 {act.added}、変更 {act.changed}、削除 {act.removed}"
            click.echo(f"{act.number}\t{act.at:%Y-%m-%d %H:%M}\t{act.who}\t{done}\t{act.why}\t{act.override}")
        if acts:
            return
        live = live_number(session)
        for row in list_releases(session):
            mark = "公開中" if row.number == live else ""
            click.echo(f"{row.number}\t{row.published_at:%Y-%m-%d %H:%M}\t{mark}\t{row.reason}")


@click.command(help="前の公開版に戻します。")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.option("--reason", default="", help="戻す理由")
def rollback(number: int, reason: str) -> None:
    desk = Desk(read_settings())
    with desk.sessions() as session:
        document = read_release(session, number)
        session.rollback()
        _index(desk, document)
        point_to_release(session, number, desk.now(), why=reason)
        session.commit()
    click.echo(f"公開版 {number} に戻しました。")


@click.command(help="答えの分かっている質問で、正しさを測ります。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--catalog", type=click.Path(path_type=Path), help="取組の番号の表（タブ区切り）")
@click.option("--json", "as_json", is_flag=True, help="JSON で出す")
def evaluate(file: Path, catalog: Path | None, as_json: bool) -> None:
    figures = evaluate_file(Desk(read_settings()).conversation, file, catalog)
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=1))
        return
    for name, value in figures.items():
        click.echo(f"{name}\t{value}")
