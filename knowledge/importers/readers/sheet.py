"""Tables, in whatever file they stand, into lines."""

import re
from collections.abc import Callable, Iterator, Sequence

from knowledge import KnowledgeError
from knowledge.importers.facts.contacts import contact_line
from knowledge.importers.readers.lines import Line, plain

# What the headings of columns are called, by what the column holds.
_COLUMNS = {
    "title": r"(?:取り?組み?|施策|事業|具体的取組|主な取組|主な事業|アクション)(?:名|名称|項目|の名称|内容)?$|"
    r"^(?:名称|項目|件名|事業名)$",
    "section": r"(?:柱|テーマ|基本目標|重点目標|基本方針|方針|目標|分野|大項目|中項目|区分|分類|章|課題|"
    r"施策の方向(?:性)?|政策)(?:名)?$",
    "office": r"(?:担当|所管|主管|実施)(?:課|部署|所属|部局|課名|課・係|窓口|室)?(?:名)?$|"
    r"^(?:課名|部署|部署名|お?問い?合わ?せ先?|連絡先)$",
    "floor": r"(?:階|フロア|場所)$",
    "counter": r"(?:窓口|番窓口|窓口番号|カウンター)$",
    "phone": r"(?:電話|電話番号|TEL|℡|☎|直通|連絡先電話)$",
    "explanation": r"(?:内容|概要|説明|取組内容|事業内容|事業概要|取組の内容|具体的内容)$",
    "period": r"(?:期間|実施期間|計画期間|年度|実施年度)$",
    "plan": r"(?:計画|プラン|ビジョン)(?:名)?$",
}  # fmt: skip
_OFFICE_AND_NUMBER = re.compile(
    r"^(?:担当|所管|主管|課名|問い?合わ?せ).{0,6}(?:電話|TEL|階|窓口|連絡先)", re.IGNORECASE
)
_MOST_CELLS = 2_000_000  # of a sheet, empty ones counted
_NOTE = re.compile(r"^[※*(]|^注|。")
_REPEATS = {"〃", "々", "同上", '"', "”", "″", "同"}


def column_kinds(cells: Sequence[str]) -> list[str]:
    """What each column of a header holds; "" for the others. No kind is given twice."""
    kinds: list[str] = []
    for cell in cells:
        name = re.sub(r"[\s()]|※.*", "", plain(cell))
        kind = next((k for k, pattern in _COLUMNS.items() if len(name) <= 14 and re.search(pattern, name)), "")
        if kind == "title" and kinds and kinds[-1] == "title" and "section" not in kinds:
            kinds[-1] = "section"  # one heading over two columns: the group, and what is in it
        if "office" not in kinds and _OFFICE_AND_NUMBER.match(name):
            kind = "office"
        if kind == "office" and "office" in kinds and re.search(r"連絡先|問い?合わ?せ", name):
            kind = "phone"  # beside the office, whom to call is a number
        kinds.append("" if kind in kinds else kind)
    if "title" not in kinds and "explanation" in kinds and "office" in kinds:
        kinds[kinds.index("explanation")] = "title"
    return kinds


def _is_header(cells: Sequence[str]) -> bool:
    kinds = set(column_kinds(cells)) - {""}
    return "title" in kinds and len(kinds) >= 2


def table_lines(rows: Sequence[Sequence[str]], where: Callable[[int], str]) -> Iterator[Line]:
    """The lines of a table: one with cells for each row below a header that names initiatives, else the cells' text.

    Cells that repeat the one above (〃 or, in the columns of a group, blank) are filled in. `where` gives the place of
    a row.
    """
    header: list[str] = []
    above: list[str] = []
    begun = False  # whether the row above was a header: a second one says more of its columns
    for number, raw in enumerate(rows, 1):
        cells = [cell.strip() for cell in raw]
        if not any(cells):
            continue
        if _is_header(cells) and (not header or begun or column_kinds(cells) == header):
            header, above, begun = column_kinds(cells), [], True
            continue
        begun = False
        distinct = list(dict.fromkeys(cell for cell in cells if cell))
        if not header:
            yield from _loose(distinct, where(number))
            continue
        if len(distinct) == 1 and re.fullmatch(r"[\d\-.()]+", distinct[0]):
            yield Line(where(number), distinct[0])  # the number of a row that nobody filled in
            continue
        if len(distinct) == 1:
            # A row of one cell is a heading or a note between the others.
            said = contact_line(distinct[0], "") is not None or _NOTE.search(distinct[0])
            yield Line(where(number), distinct[0], level=0 if said else 6)
            above = []
            continue
        filled = []
        for column, cell in enumerate(cells):
            before = above[column] if column < len(above) else ""
            kind = header[column] if column < len(header) else ""
            repeated = cell in _REPEATS or (
                not cell and kind in ("section", "plan", "office", "floor", "counter", "phone")
            )
            filled.append(before if repeated else cell)
        above = _same_group(filled, cells, above, header)
        named = {kind: cell for kind, cell in zip(header, above, strict=False) if kind and cell}
        yield Line(where(number), " ".join(distinct), cells=tuple(named.items()))


def _same_group(filled: list[str], cells: list[str], above: list[str], header: list[str]) -> list[str]:
    """A row's cells, where an office named anew does not inherit the place and number of the one above."""
    offices = [n for n, kind in enumerate(header) if kind == "office" and n < len(cells)]
    if not above or not offices or not cells[offices[0]] or filled[offices[0]] == above[offices[0]]:
        return filled
    return [
        cell if header[n : n + 1] not in (["floor"], ["counter"], ["phone"]) or cells[n] else ""
        for n, cell in enumerate(filled)
    ]


def _loose(cells: list[str], where: str) -> Iterator[Line]:
    """A row of a table that lists no initiatives: label and value in one line, for periods and contacts."""
    yield Line(where, " ".join(cells))


def sheet_rows(data: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    """(name, rows) of each visible sheet of a workbook, merged cells filled with their text."""
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), data_only=True)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        filled = [place for place, cell in sheet._cells.items() if cell.value is not None]
        height, width = (max((place[n] for place in filled), default=1) for n in (0, 1))
        if height * width > _MOST_CELLS:
            raise KnowledgeError(
                f"{sheet.title}: シートの端（{height}行目など）に文字があります。消して保存し直してください。"
            )
        cells = sheet.iter_rows(max_row=height, max_col=width, values_only=True)
        grid = [["" if v is None else plain(str(v)) for v in row] for row in cells]
        for merged in sheet.merged_cells.ranges:
            text = grid[merged.min_row - 1][merged.min_col - 1] if merged.min_row <= len(grid) else ""
            for row in range(merged.min_row - 1, min(merged.max_row, len(grid))):
                for column in range(merged.min_col - 1, min(merged.max_col, len(grid[row]))):
                    grid[row][column] = text
        yield sheet.title, grid
