"""Small documents about the plans of a made-up ward, and what is read of them."""

from datetime import date
from pathlib import Path

from knowledge.document import Document
from knowledge.importers.plans import read_plan_document

FIVE_YEARS = date(2025, 4, 1), date(2030, 3, 31)
GREEN, WATER, ART = "緑政課 3階 06-1234-5678", "水辺課 2階 06-1234-9999", "文化課 1階 06-1234-0000"
FIRST = ("", "≪柱1≫ みどりを増やす", "◎苗木の配布", "苗木を配ります。", "◎花壇の手入れ", "花壇を守ります。")
SECOND = ("", "≪柱2≫ 水辺に親しむ", "◎川の観察会", "川の生き物を調べます。", "◎水門の見学", "水門を開けます。")


def read_page(folder: Path, page: str) -> Document:
    """What is read of a page in HTML."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    return read_plan_document(folder / "page.html", "06")


def plan_page(*above: str) -> str:
    """A page with a plan of three initiatives in one section; `above`: what is said between its title and them."""
    said = "".join(line if line.startswith("<") else f"<p>{line}</p>" for line in above)
    entries = "".join(
        f"<h3>取組{n} {title}</h3><p>{title}を進めます。</p><p>担当:緑政課 3階 電話06-1234-5678</p>"
        for n, title in enumerate(("苗木の配布", "花壇の手入れ", "並木の剪定"), 1)
    )
    return f"<html><body><h1>若宮区みどりの計画</h1>{said}<h2>柱1 みどりを増やす</h2>{entries}</body></html>"


def offices_in_text(folder: Path, *lines: str) -> dict[str, str]:
    """Title → office, floor and number of the initiatives of a text."""
    text = "\n".join(("若宮区みどりの計画(令和7年度~令和11年度)", *lines))
    (folder / "page.txt").write_text(text, encoding="utf-8")
    entries = read_plan_document(folder / "page.txt", "06").entries
    return {e.title: f"{e.office.name} {e.office.floor} {e.office.phone}" if e.office else "" for e in entries}
