"""What the columns of a table hold, by their headings."""

import re
from collections.abc import Sequence

from knowledge.importers.facts.contacts import fact_label
from knowledge.importers.facts.labels import announces
from knowledge.importers.facts.markers import read_marker
from knowledge.importers.readers.lines import plain

_THING = r"(?:取り?組み?|施策|事業|アクション(?:プラン)?|プロジェクト|サービス|制度)"
_AROUND = r"(?:具体的な?|主な|主要|重点|個別|実施|関連|構成|推進|対象|予定|細々?|事務|予算)?"
# Headings of names, the most specific first: the first that a table has is its title, those left of it are sections.
_NAMES = (
    re.compile(rf"{_AROUND}(?:取り?組み?|事業|アクション|サービス|制度)(?:名|名称|の名称|項目|項目名|タイトル|事項)?"),
    re.compile(rf"{_AROUND}{_THING}(?:名|名称|の名称|項目|項目名|・{_THING})"),
    re.compile(rf"{_AROUND}(?:施策|プロジェクト)"),
    re.compile(r"(?:小)?(?:項目|分類)(?:名)?|名称|件名|細目|タイトル|見出し|表題"),
    re.compile(rf"{_AROUND}{_THING}名?(?:の|と|・|及び)?(?:その)?(?:内容|概要|説明)(?:・.*)?|{_AROUND}{_THING}等"),
)
# Right of a column of 施策 names, with what is told of them, of what these are made up of.
_TOLD_NAMES = re.compile(rf"{_AROUND}(?:取り?組み?|事業)名?(?:と|・|及び)(?:その)?(?:内容|概要|説明)")
_GROUP = re.compile(
    r"(?:.{0,6}(?:柱|テーマ|目標|方針|分野|課題|視点|方向性?|政策|領域|戦略|めざす姿|目指す姿|ミッション)|[大中小](?:項目|分類|区分|施策)|"
    r"区分|分類|種別|カテゴリー?|章|節|体系|施策体系|基本施策|項目|施策(?:名)?|ジャンル|部門|款|項|目|(?:重点|主要|基本)(?:項目|事項|課題|取組))(?:名|\d)?"
)
_KINDS = {
    "plan": re.compile(r"(?:(?!年度別|年次|実施|事業|活動|取組)(?:.{0,6})計画|プラン|ビジョン)(?:名|名称|の名称)?"),
    "period": re.compile(r"(?:計画|実施|取組|事業|対象|予定|会計)?(?:期間|年度|時期|年次)"),
    "counter": re.compile(r"(?:番?窓口|窓口番号|カウンター|番号札|窓口No\.?)"),
    "floor": re.compile(
        r"(?:(?:庁舎|建物)(?:名|・)?)?(?:階|フロア|場所|所在|所在地|庁舎|階数|配置|窓口の場所|窓口・階)"
        r"(?:(?:・|と|\()?(?:窓口|番号|窓口番号|番窓口)\)?)?"
    ),
    "office": re.compile(
        r"(?:担当|所管|主管|実施|所属|主担当|取扱い?|受付|事務局)(?:課室?|部署|所属|部局|課名|課・?係|窓口|室|係|所管課|グループ|組織|機関|先)*(?:名)?"
        r"(?:・.*|及び.*|・?(?:電話|連絡先|問い?合わ?せ先).*|\(.*\))?|課名?|部署名?|部課名?|課・?係名?|所属名?|組織名?|"
        r"お?問い?合わ?せ(?:先|窓口)?(?:・.*|\(.*\))?|連絡先(?:・.*|\(.*\))?|相談先|窓口名"
    ),
    "fax": re.compile(r"(?:FAX|ファクス|ファックス)(?:番号)?", re.IGNORECASE),
    "phone": re.compile(
        r"(?:.{0,4}電話|TEL|℡|☎|直通|外線|連絡先電話)(?:番号|・内線|\(.*\))?"
        r"(?:[・/]?(?:FAX|ファクス|ファックス)(?:番号)?)?",
        re.IGNORECASE,
    ),
    "explanation": re.compile(
        rf"(?:{_AROUND}{_THING}(?:の)?)?(?:内容|概要|説明|詳細|目的|ねらい|趣旨|内容等|あらまし)(?:・(?:目的|概要|内容|対象))?|具体的内容|主な内容|備考・内容"
    ),
}  # fmt: skip
_NUMBER = re.compile(
    r"(?:No\.?|NO\.?|#|№|(?:整理|事業|取組|施策|管理)?(?:番号|コード)|通番|連番|項番|ID)", re.IGNORECASE
)
_OTHERS = re.compile(  # what tables of initiatives tell besides, in no kind of its own
    r"(?:.{0,4}(?:予算|決算|事業費|金額|財源|補助率)額?|.{0,6}(?:指標|目標値?|実績値?|現状値?|対象者?)|(?:当初|前年度?|増減)|内線(?:番号)?|備考|(?:令和|平成|R|H)?\d{1,4}(?:年度?)?|"
    r".{0,4}部局?名?|新規.*|区分|根拠(?:法令)?|年齢|頁|ページ)(?:[(].*[)])?"
)
_BUILDING = re.compile(r"(?:庁舎|建物|施設)名?")
_DIVISION, _SECTION_OF_OFFICE = re.compile(r"部局?(?:名)?$"), re.compile(r"課|係|室")
_MEASURED = re.compile(
    r"(?:.{0,6}指標|.{0,4}項目|区分|.{0,4}目標|KPI|内容|単位|年度|(?:主な)?(?:取り?組み?|施策|事業)(?:の)?指標)(?:名|内容)?"
)
_OF_VALUES = re.compile(
    r".{0,6}(?:現状|現況|基準|目標|実績|目安|計画|中間|最終|当初|直近|見込)(?:値|年度?)?(?:[(].*[)])?|"
    r"(?:令和|平成|R|H)?(?:元|\d{1,4})年度?(?:[(].*[)])?(?:末)?(?:現状|目標|実績|基準)?値?|.{0,4}単位|増減"
)
_PERSON = re.compile(r"(?:委員)?(?:氏名|名前|委員名)(?:[(].*[)])?")
_WORD, _MEANING = re.compile(r"用語|ことば|言葉|語句|略語"), re.compile(r".{0,4}(?:説明|意味|解説|内容)")
_OF_EVENTS = re.compile(
    r"日時|日にち|開催日時?|と ?き|会場|開催場所|ところ|定員|参加費|申込み?(?:先|方法|期限)?|催し(?:名|物)?"
)
_COUNTED = re.compile("指標|KPI")
_MEASURES_SEEN = 10  # rows
_SHORT = 18  # letters of a heading


def heading_name(cell: str) -> str:
    """A column's heading without spaces and notes."""
    name = re.sub(r"\s|※.*|[(]注.*?[)]", "", plain(cell))
    name = re.sub(r"^[■●◆○【\[〔]+|[】\]〕]+$", "", name)
    return re.sub(r"[(](?:単位|名称|※|令和|R\d|\d|市外|担当|所管|課名|電話|問).*[)]$|[::]$", "", name)


def _by_kind(name: str) -> str:
    for kind, pattern in _KINDS.items():
        if pattern.fullmatch(name):
            return kind
    return ""


def label_kind(name: str) -> str:
    """What a label beside its value announces, in the words of `column_kinds`; empty for another text."""
    if not 0 < len(name) <= _SHORT:
        return ""
    if kind := _by_kind(name):
        return kind
    if _NUMBER.fullmatch(name):
        return "number"
    if any(pattern.fullmatch(name) for pattern in _NAMES[:3]):
        return "title"
    return "section" if _GROUP.fullmatch(name) else ""


def column_kinds(cells: Sequence[str]) -> list[str]:
    """What each column of a header holds: title, section, office, building, floor, counter, phone, fax, explanation,
    period, plan; "" for the others. A kind is given once, but for "", sections and fax."""
    names = [heading_name(cell) for cell in cells]
    kinds = [_by_kind(name) if 0 < len(name) <= _SHORT else "" for name in names]
    title = _title_column(names, kinds)
    for column, name in enumerate(names):
        if column == title:
            kinds[column] = "title"
        elif not kinds[column] and name and len(name) <= _SHORT:
            is_name = _GROUP.fullmatch(name) or any(pattern.fullmatch(name) for pattern in _NAMES[:4])
            if is_name and (title is None or column < title) and not _NUMBER.fullmatch(name):
                kinds[column] = "section"
    offices = [column for column, kind in enumerate(kinds) if kind == "office"]
    if any(_SECTION_OF_OFFICE.search(names[column]) for column in offices[1:]):
        for column in offices:  # of 担当部局 and 担当課 the latter is whom to ask
            kinds[column] = "" if _DIVISION.search(names[column]) else "office"
    floors = [column for column, kind in enumerate(kinds) if kind == "floor"]
    if len(floors) > 1 and _BUILDING.fullmatch(names[floors[0]]):
        kinds[floors[0]] = "building"
    for column, kind in enumerate(kinds):
        if kind == "office" and "office" in kinds[:column]:
            kinds[column] = "phone" if re.search(r"連絡先|問い?合わ?せ", names[column]) and "phone" not in kinds else ""
        elif kind not in ("", "section", "fax") and kind in kinds[:column]:
            kinds[column] = ""
    return kinds


def _title_column(names: Sequence[str], kinds: Sequence[str]) -> int | None:
    for pattern in _NAMES:
        found = [
            n for n, name in enumerate(names)
            if name and len(name) <= _SHORT and pattern.fullmatch(name) and kinds[n] in ("", "explanation")
            and not _NUMBER.fullmatch(name)
        ]  # fmt: skip
        if found:
            told = [n for n in range(found[-1] + 1, len(names)) if _TOLD_NAMES.fullmatch(names[n])]
            return told[-1] if told and pattern is _NAMES[2] else found[-1]
    return None


def known_headings(cells: Sequence[str], kinds: Sequence[str]) -> int:
    """How many cells of a header are known: by the kind of their column, or as what such tables tell besides."""
    names = [heading_name(cell) for cell in cells]
    others = (bool(_OTHERS.fullmatch(name) or _NUMBER.fullmatch(name)) for name in names)
    return sum(bool(kind) or other for kind, other in zip(kinds, others, strict=True))


def is_header(kinds: Sequence[str]) -> bool:
    """Whether kinds of columns are those of a table that lists initiatives."""
    known = set(kinds) - {""}
    return "title" in known and len(known) >= 2


def _is_of_measures(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows begin with the header of a table of measures: what is counted, then its values by years or as they
    are and shall be."""
    names = [heading_name(cell) for cell in rows[0]]
    first = next((n for n, name in enumerate(names) if name and not _NUMBER.fullmatch(name)), len(names))
    if not any(_MEASURED.fullmatch(name) for name in names[first : first + 1]):
        return False
    valued = [n for n, name in enumerate(names) if n > first and _OF_VALUES.fullmatch(name)]
    cells = [row[n] for row in rows[1:_MEASURES_SEEN] for n in valued if n < len(row) and row[n]]
    counted = sum(bool(re.search(r"\d", cell)) and len(cell) <= _SHORT for cell in cells)
    return len(valued) > (not _COUNTED.search(names[first])) and counted * 3 >= len(cells) * 2


def _is_of_others(cells: Sequence[str]) -> bool:
    """Whether the cells of a header are those of a list of people, of words and what they mean, or of events."""
    names = [heading_name(cell) for cell in cells if cell]
    events = sum(bool(_OF_EVENTS.fullmatch(name)) for name in names)
    words = any(map(_WORD.fullmatch, names)) and any(map(_MEANING.fullmatch, names))
    return len(names) > 1 and (any(map(_PERSON.fullmatch, names)) or words or events > 1)


def lists_others(rows: Sequence[Sequence[str]]) -> str:
    """What to set before the rows of a table that begins with the first of them and lists no initiatives, but measures,
    people, words or events; empty for another."""
    return "指標: " if _is_of_measures(rows) else "表: " if _is_of_others(rows[0]) else ""


def tells_facts(kinds: Sequence[str]) -> bool:
    """Whether kinds of columns say what is done and by whom, and have no column of names."""
    return "title" not in kinds and "explanation" in kinds and "office" in kinds


def is_directory(kinds: Sequence[str]) -> bool:
    """Whether kinds of columns are those of a list of offices."""
    return "office" in kinds and bool({"phone", "floor", "counter"} & set(kinds)) and "explanation" not in kinds


def label_pairs(cells: Sequence[str]) -> dict[str, str]:
    """Kind of a label → what stands beside it, of a row that holds labels and their values by turns, the number of the
    record before them or not; empty for another."""
    distinct = [cell for n, cell in enumerate(cells) if n == 0 or cell != cells[n - 1]]
    while distinct and not distinct[0]:
        distinct.pop(0)
    pairs: dict[str, str] = {}
    if sum(map(bool, distinct)) > 2 and (number := _number_alone(distinct[0])):
        pairs["group"], distinct = str(number), distinct[1:]
    label, kind_of, said, blank = "", "", 0, False
    for cell in distinct:
        name = heading_name(cell)
        kind = label_kind(name) or ("explanation" if announces(name) or fact_label(name) else "")
        if not cell:
            blank = True
        elif kind and label and not said and not blank:
            return {}
        elif kind:
            label, kind_of, said, blank = name, kind, 0, False
        elif not label:
            return {}
        else:
            value = cell if kind_of == "title" else cell.replace("\n", " ")
            if kind_of == "section" and label.endswith("目標") and re.search(r"\d", value):
                kind_of, value = "explanation", f"{label}:{value}"
            value = f"{label}:{value}" if not label_kind(label) and not said else value
            pairs[kind_of] = f"{pairs[kind_of]} {value}" if kind_of in pairs else value
            said += 1
    return pairs if set(pairs) - {"group"} or said else {}


def _number_alone(cell: str) -> int:
    """The number that a cell such as 事業① or No.3 is; 0 for another."""
    marker = read_marker(f"{cell} -")
    return marker.number if marker.rest == "-" else 0
