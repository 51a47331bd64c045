"""Entries as a table: FAQ tables of any ward in, the whole knowledge base out and in again."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge import KnowledgeError
from knowledge.document import NEEDS_REWRITE, STATES, Document, Entry, LeftOut, Office, Plan, ResidentWord
from knowledge.rows import Row, read_rows, write_tables

# The columns of the knowledge base's own table, in order, with the heading that staff read.
COLUMNS = {
    "plan": "計画", "plan_from": "計画の始まり", "plan_to": "計画の終わり", "plan_source": "出典",
    "precedence": "優先", "source_id": "番号", "section": "柱・テーマ", "title": "取組・質問", "variant": "区別",
    "answer": "説明・回答", "targets": "目標", "vocabulary": "言いかえ", "examples": "想定質問",
    "office": "担当", "floor": "階", "counter": "窓口", "phone": "電話", "url": "URL",
    "valid_from": "始まり", "valid_to": "終わり", "hours": "受付時間", "owner": "原課", "source": "出典文書",
    "page": "ページ", "review_on": "見直し日", "state": "状態", "note": "メモ",
}  # fmt: skip
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
_FACT_OF_COLUMN = {"answer": "explanation"}
# What staff call a field of a plan, an office or an entry.
FIELD_NAMES = {
    **{_FACT_OF_COLUMN.get(key, key): heading for key, heading in COLUMNS.items()},
    "name": "名前",
    "variant": "区別",
}
_HEADER_WITHIN = 20  # rows from the top in which the header must stand
_REPEATS = {"〃", "々", "同上", '"', "”"}
_ERAS = {"令和": 2018, "平成": 1988, "r": 2018, "h": 1988}
_DATE = re.compile(r"(?:(令和|平成|[rh])\.?)?(\d{1,4}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row by the keys of its columns."""

    where: str
    values: dict[str, str]

    def get(self, key: str) -> str:
        return self.values.get(key, "")

    def lines(self, key: str) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.get(key).splitlines() if line.strip())

    def day(self, key: str) -> date | None:
        value = unicodedata.normalize("NFKC", self.get(key)).lower().replace(" ", "")
        if not value:
            return None
        match = _DATE.match(value)
        try:
            if match:
                year = 1 if match[2] == "元" else int(match[2])
                return date(year + _ERAS.get(match[1] or "", 0), int(match[3]), int(match[4]))
        except ValueError:
            pass
        raise KnowledgeError(
            f"{self.where}「{COLUMNS[key]}」の列: 日付「{self.get(key)}」は 2023-04-01 のように書いてください。"
        )


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
) -> tuple[list[_Cells], list[Row]] | None:
    """(the rows below the header by key, the rows above it); None where no row is such a header."""
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        keys = keys_of(row.cells)
        if keys:
            below = []
            for cells in rows[place + 1 :]:
                if keys_of(cells.cells) != keys:  # the header again, as on every sheet of a workbook
                    whole = (*cells.cells, *[""] * len(keys))
                    named = {key: cell for key, cell in zip(keys, whole, strict=False) if key}
                    below.append(_Cells(cells.where, named))
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


def document_from_table(path: Path, whole_phone: Callable[[str], str]) -> tuple[Document, bool]:
    """(the document, whether it is the knowledge base's own table, as `export` writes it).

    `whole_phone` completes a printed local number. KnowledgeError names sheet, row, column and value.
    """
    rows, offices = _without_offices(read_rows(path))
    rows, words = _without_thesaurus(rows)
    own = _below_header(rows, _own_keys)
    if own:
        document = _own_document(own[0])
        document.thesaurus = words
        named = {office.name for office in document.offices}
        document.offices += [office for office in offices if office.name not in named]
        return document, True
    faq = _below_header(rows, _faq_keys)
    if not faq:
        raise KnowledgeError(f"{path.name}: 「質問」と「回答」（または「担当」）の見出しの行が見つかりません。")
    document = _faq_document(faq[0], Plan(path.stem), whole_phone)
    document.left_out += [LeftOut(row.where, " ".join(row.cells), "見出しの行より上にあります") for row in faq[1]]
    if not document.entries:
        raise KnowledgeError(f"{path.name}: 見出しの下に質問の行がありません。")
    return document, False


def _faq_document(rows: list[_Cells], plan: Plan, whole_phone: Callable[[str], str]) -> Document:
    document = Document(plans=[plan])
    above: dict[str, str] = {}
    offices: dict[str, Office] = {}
    ids: dict[str, str] = {}
    for row in rows:
        values = {key: above.get(key, "") if value in _REPEATS else value for key, value in row.values.items()}
        if not values.get("section"):
            values["section"] = above.get("section", "")
        above = values
        row = _Cells(row.where, values)
        if not row.get("title"):
            text = " ".join(value for key, value in values.items() if value and key != "section")
            document.left_out.append(LeftOut(row.where, text, "質問がありません"))
            continue
        if not row.get("answer") and not row.get("office"):
            document.left_out.append(LeftOut(row.where, row.get("title"), "回答も担当もありません"))
            continue
        if (number := row.get("source_id")) and number in ids:
            raise KnowledgeError(f"{row.where}: 番号「{number}」は{ids[number]}にもあります。別の番号にしてください。")
        ids[row.get("source_id")] = row.where
        office = None
        if name := row.get("office"):
            phone = row.get("phone")
            office = Office(name, row.get("floor"), row.get("counter"), whole_phone(phone) if phone else "")
            known = offices.setdefault(name, office)
            # A later row that leaves floor or number empty means the office as it was given before.
            office = known if not (office.floor or office.counter or office.phone) else office
            offices[name] = office
        document.entries.append(
            Entry(
                plan, row.get("section"), row.get("title"), office, row.get("source_id") or None,
                explanation=row.get("answer"), examples=row.lines("examples"), url=row.get("url"),
                valid_from=row.day("valid_from"), valid_to=row.day("valid_to"),
            )
        )  # fmt: skip
    document.offices = list(offices.values())
    return document


def _own_document(rows: list[_Cells]) -> Document:
    plans: dict[str, Plan] = {}
    offices: dict[str, Office] = {}
    said = {key for row in rows[:1] for key in row.values}
    document = Document(unsaid=frozenset(_FACT_OF_COLUMN.get(key, key) for key in COLUMNS if key not in said))
    for row in rows:
        if not row.get("plan") or not row.get("title"):
            raise KnowledgeError(f"{row.where}: 「計画」と「取組・質問」の列に文字を入れてください。")
        if row.get("state") not in STATES:
            raise KnowledgeError(
                f"{row.where}: 「状態」の「{row.get('state')}」は空か「{NEEDS_REWRITE}」にしてください。"
            )
        if row.get("precedence").strip("0123456789"):
            raise KnowledgeError(f"{row.where}: 「優先」の列の「{row.get('precedence')}」は数字にしてください。")
        plan = Plan(
            row.get("plan"), row.day("plan_from"), row.day("plan_to"), row.get("plan_source"),
            int(row.get("precedence") or 0),
        )  # fmt: skip
        if plans.setdefault(plan.title, plan) != plan:
            raise KnowledgeError(f"{row.where}: 計画「{plan.title}」の始まり・終わりなどが上の行とちがいます。")
        office = None
        if name := row.get("office"):
            office = Office(name, row.get("floor"), row.get("counter"), row.get("phone"), row.lines("hours"))
            if offices.setdefault(name, office) != office:
                raise KnowledgeError(f"{row.where}: 担当「{name}」の階・窓口・電話・受付時間が上の行とちがいます。")
        document.entries.append(
            Entry(
                plan, row.get("section"), row.get("title"), office, row.get("source_id") or None,
                row.lines("targets"), row.get("answer"), row.lines("vocabulary"), row.lines("examples"),
                row.get("url"), row.day("valid_from"), row.day("valid_to"), row.get("variant"),
                row.get("owner"), row.get("source"), row.get("page"), row.day("review_on"), row.get("state"),
                row.get("note"),
            )
        )  # fmt: skip
    document.plans, document.offices = list(plans.values()), list(offices.values())
    return document


def _without_offices(rows: list[Row]) -> tuple[list[Row], list[Office]]:
    """(the rows of the other tables, the offices that no entry names)."""
    others: list[Row] = []
    offices: list[Office] = []
    among_offices = False
    for row in rows:
        if row.cells[: len(_OFFICE_HEADINGS)] == _OFFICE_HEADINGS:
            among_offices = True
            continue
        among_offices = among_offices and not _own_keys(row.cells) and row.cells[:2] != _WORD_HEADINGS
        if not among_offices:
            others.append(row)
            continue
        name, floor, counter, phone, hours = (*row.cells, *[""] * 5)[:5]
        if not name:
            raise KnowledgeError(f"{row.where}: 「担当の名前」に文字を入れてください。")
        offices.append(Office(name, floor, counter, phone, tuple(filter(None, hours.splitlines()))))
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
