"""Entries as a table: FAQ tables of any ward in, the whole knowledge base out and in again."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from knowledge import KnowledgeError
from knowledge.cells import COLUMNS, FACT_OF_COLUMN, Cells, Faults, read_address
from knowledge.document import UNREAD_PHONE, Document, Entry, LeftOut, Office, Plan, ResidentWord
from knowledge.own_table import own_document
from knowledge.rows import Row, read_rows, write_tables

_OFFICE_HEADINGS = ("担当の名前", "担当の階", "担当の窓口", "担当の電話", "担当の受付時間")
_WORD_HEADINGS = ("住民の言葉", "正式な言葉")  # of the thesaurus, a table of its own behind the entries
# Headings of other people's FAQ tables, without spaces and in lower case.
_HEADINGS = {
    "source_id": "id no no. 番号 連番 通番 faqid 質問番号 管理番号",
    "title": "question q 質問 問 問い 質問文 質問内容 よくある質問 設問 問合せ内容 お問い合わせ内容 質問タイトル",
    "answer": "answer a 回答 答え 答 回答文 回答内容 本文 説明",
    "examples": "examples example 例 質問例 想定質問 言い換え 類似質問 関連質問",
    "section": "category カテゴリ カテゴリー 分類 大分類 区分 分野",
    "office": "office 担当 担当課 所管 所管課 課名 担当部署 部署 問い合わせ先 問合せ先 お問い合わせ先 担当窓口",
    "floor": "floor 階 フロア",
    "counter": "counter 窓口 窓口番号 番窓口",
    "phone": "phone tel 電話 電話番号 連絡先 直通",
    "url": "url リンク 参照先 リンク先 ホームページ",
    "valid_from": "valid_from 開始日 有効開始 有効開始日 適用開始 掲載開始日 公開開始日",
    "valid_to": "valid_to 終了日 有効終了 有効期限 適用終了 掲載終了日 公開終了日",
}
_KEY_OF_HEADING = {heading: key for key, headings in _HEADINGS.items() for heading in headings.split(" ")}
_KEY_OF_OWN = {heading: key for key, heading in COLUMNS.items()}
# What staff call a field of a plan, an office or an entry.
FIELD_NAMES = {
    **{FACT_OF_COLUMN.get(key, key): heading for key, heading in COLUMNS.items()},
    "name": "名前",
    "variant": "区別",
}
_HEADER_WITHIN = 20  # rows from the top in which the header must stand
_LONGEST_TITLE = 40  # letters
_SAYS = re.compile(r"[。:：]|^[※*（(]")  # of a note, not of a title
_AS_OF = re.compile(r"[（(][^（）()]*(?:現在|時点|更新|版|作成)[）)]$")  # (令和7年4月1日現在)
_REPEATS = {"〃", "々", "同上", '"', "”"}


def _plain(heading: str) -> str:
    return re.sub(r"[\s　:：※*()（）]", "", unicodedata.normalize("NFKC", heading)).lower()


def _own_keys(cells: Sequence[str]) -> list[str | None] | None:
    keys = [_KEY_OF_OWN.get(cell.strip()) for cell in cells]
    return keys if {"plan", "title", "precedence"} <= set(keys) else None


def _faq_keys(cells: Sequence[str]) -> list[str | None] | None:
    keys: list[str | None] = []
    for cell in cells:
        key = _KEY_OF_HEADING.get(_plain(cell))
        keys.append(key if key not in keys else None)
    return keys if "title" in keys and ("answer" in keys or "office" in keys) else None


def _below_header(
    rows: list[Row], keys_of: Callable[[Sequence[str]], list[str | None] | None]
) -> tuple[list[Cells], list[Row]] | None:
    """(the rows below the header by key, the rows above it); None where no row is such a header."""
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        keys = keys_of(row.cells)
        if keys:
            below = []
            for cells in rows[place + 1 :]:
                if keys_of(cells.cells) != keys:  # the header again, as on every sheet of a workbook
                    whole = (*cells.cells, *[""] * len(keys))
                    named = {key: cell for key, cell in zip(keys, whole, strict=False) if key}
                    below.append(Cells(cells.where, named))
            return below, rows[:place]
    return None


def is_table(path: Path) -> bool:
    """Whether a .csv or .xlsx file is an FAQ table or the knowledge base's own."""
    rows = read_rows(path)
    return bool(_below_header(rows, _own_keys) or _below_header(rows, _faq_keys))


def _without_thesaurus(rows: list[Row]) -> tuple[list[Row], list[ResidentWord]]:
    """(the rows of the other tables, the thesaurus)."""
    others: list[Row] = []
    words: list[ResidentWord] = []
    among_words = False
    for row in rows:
        if row.cells[:2] == _WORD_HEADINGS:
            among_words = True
            continue
        among_words = among_words and not _own_keys(row.cells)
        if not among_words:
            others.append(row)
            continue
        word, official = (*row.cells, "", "")[:2]
        if not word or not official:
            raise KnowledgeError(f"{row.where}: 「住民の言葉」と「正式な言葉」の両方に文字を入れてください。")
        words.append(ResidentWord(word, official))
    return others, words


def document_from_table(path: Path, read_number: Callable[[str], str]) -> tuple[Document, bool]:
    """(the document, whether it is the knowledge base's own table, as `export` writes it).

    `read_number` gives the number in a cell; empty where none can be read. KnowledgeError names sheet, row, column
    and value.
    """
    rows, offices = _without_offices(read_rows(path))
    rows, words = _without_thesaurus(rows)
    own = _below_header(rows, _own_keys)
    if own:
        document = own_document(own[0], offices)
        document.thesaurus = words
        return document, True
    faq = _below_header(rows, _faq_keys)
    if not faq:
        raise KnowledgeError(f"{path.name}: 「質問」と「回答」（または「担当」）の見出しの行が見つかりません。")
    title = _title_above(faq[1])
    document = _faq_document(faq[0], Plan(title or path.stem), read_number)
    above = [LeftOut(row.where, " ".join(filter(None, row.cells)), "見出しの行より上にあります") for row in faq[1]]
    document.left_out += above[bool(title) :]
    if not document.entries:
        raise KnowledgeError(f"{path.name}: 見出しの下に質問の行がありません。")
    return document, False


def _title_above(rows: Sequence[Row]) -> str:
    """The table's own title, which stands alone in the first row above its header; empty where none does."""
    alone = [cell for cell in rows[0].cells if cell] if rows else []
    title = _AS_OF.sub("", alone[0]).strip() if len(alone) == 1 else ""
    return title if len(title) <= _LONGEST_TITLE and not _SAYS.search(title) else ""


def _faq_document(rows: list[Cells], plan: Plan, read_number: Callable[[str], str]) -> Document:
    document = Document(plans=[plan])
    above: dict[str, str] = {}
    offices: dict[str, Office] = {}
    ids: dict[str, str] = {}
    faults = Faults()
    for row in rows:
        values = {key: above.get(key, "") if value in _REPEATS else value for key, value in row.values.items()}
        if not values.get("section"):
            values["section"] = above.get("section", "")
        above = values
        row = Cells(row.where, values)
        if not row.get("title"):
            text = " ".join(value for key, value in values.items() if value and key != "section")
            document.left_out.append(LeftOut(row.where, text, "質問がありません"))
            continue
        if not row.get("answer") and not row.get("office"):
            document.left_out.append(LeftOut(row.where, row.get("title"), "回答も担当もありません"))
            continue
        if (number := row.get("source_id")) and number in ids:
            faults.note(f"{row.where}: 番号「{number}」は{ids[number]}にもあります。別の番号にしてください。")
            continue
        ids[row.get("source_id")] = row.where
        office = None
        if name := row.get("office"):
            printed = row.get("phone")
            phone = read_number(printed) if printed else ""
            if printed and not phone:
                document.left_out.append(LeftOut(row.where, f"{name} {printed}", UNREAD_PHONE))
            office = Office(name, row.get("floor"), row.get("counter"), phone)
            known = offices.setdefault(name, office)
            # A later row that leaves floor or number empty means the office as it was given before.
            office = known if not (office.floor or office.counter or office.phone) else office
            offices[name] = office
        address = row.get("url")
        try:
            address = read_address(address)
        except ValueError as error:
            document.left_out.append(LeftOut(row.where, address, f"{error}"))
            address = ""
        with faults.gather():
            entry = Entry(
                plan, row.get("section"), row.get("title"), office, row.get("source_id") or None,
                explanation=row.get("answer"), examples=row.lines("examples"), url=address,
                valid_from=row.day("valid_from"), valid_to=row.day("valid_to"),
            )  # fmt: skip
            document.entries.append(entry)
    faults.check()
    document.offices = list(offices.values())
    return document


def _without_offices(rows: list[Row]) -> tuple[list[Row], list[Cells]]:
    """(the rows of the other tables, those of the offices that no entry names)."""
    others: list[Row] = []
    offices: list[Cells] = []
    among_offices = False
    for row in rows:
        if row.cells[: len(_OFFICE_HEADINGS)] == _OFFICE_HEADINGS:
            among_offices = True
            continue
        among_offices = among_offices and not _own_keys(row.cells) and row.cells[:2] != _WORD_HEADINGS
        if not among_offices:
            others.append(row)
            continue
        if not row.cells[0]:
            raise KnowledgeError(f"{row.where}: 「担当の名前」に文字を入れてください。")
        keys = ("office", "floor", "counter", "phone", "hours")
        offices.append(Cells(row.where, dict(zip(keys, row.cells, strict=False))))
    return others, offices


def write_table(document: Document, path: Path) -> None:
    """Writes the knowledge base as a table; reading it again gives the same entries."""

    def cells(entry: Entry) -> list[str]:
        office = entry.office or Office("")
        plan = entry.plan
        values = {
            "plan": plan.title, "plan_from": plan.valid_from, "plan_to": plan.valid_to, "plan_source": plan.source,
            "precedence": plan.precedence, "source_id": entry.source_id, "section": entry.section,
            "title": entry.title, "variant": entry.variant, "answer": entry.explanation,
            "targets": "\n".join(entry.targets), "vocabulary": "\n".join(entry.vocabulary),
            "examples": "\n".join(entry.examples), "office": office.name, "floor": office.floor,
            "counter": office.counter, "phone": office.phone, "url": entry.url,
            "valid_from": entry.valid_from, "valid_to": entry.valid_to, "hours": "\n".join(office.hours),
            "owner": entry.owner, "source": entry.source, "page": entry.page, "review_on": entry.review_on,
            "state": entry.state, "note": entry.note,
        }  # fmt: skip
        return ["" if values[key] is None else str(values[key]) for key in COLUMNS]

    tables: dict[str, list[Sequence[str]]] = {"取組": [list(COLUMNS.values()), *map(cells, document.entries)]}
    used = {entry.office for entry in document.entries}
    if unused := [office for office in document.offices if office not in used]:
        facts = ((o.name, o.floor, o.counter, o.phone, "\n".join(o.hours)) for o in unused)
        tables["担当"] = [_OFFICE_HEADINGS, *facts]
    if document.thesaurus:
        tables["言葉"] = [_WORD_HEADINGS, *((w.word, w.official) for w in document.thesaurus)]
    write_tables(path, tables)
