"""House rules: every setting is documented, every dependency has its reason, every table says how long it is kept."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import bot.backup  # noqa: F401  (knows every table)
from knowledge.database import Base

PROJECT = Path(__file__).resolve().parent.parent


def test_every_setting_is_documented() -> None:
    read = set(re.findall(r'env\.get\("([A-Z_]+)"', (PROJECT / "handlers" / "settings.py").read_text(encoding="utf-8")))
    rows = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1] if "|" in row else "")}
    assert read == documented


def test_the_environment_is_read_in_one_place() -> None:
    rooms = ("bot", "intents", "knowledge", "nlp", "handlers")
    files = [path for room in rooms for path in (PROJECT / room).rglob("*.py")]
    readers = {path.name for path in files if "os.environ" in path.read_text(encoding="utf-8")}
    assert readers == {"settings.py"}


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (PROJECT / "docs" / "decisions" / "dependencies.md").read_text(encoding="utf-8")
    names = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    assert [name for name in names if re.split(r"[\[<>=]", name)[0] not in reasons] == []


def test_a_backup_knows_every_table_by_itself() -> None:
    asked = "import bot.backup; from knowledge.database import Base; print(*Base.metadata.tables)"
    alone = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert set(alone.stdout.split()) == set(Base.metadata.tables)


def test_every_table_says_how_long_its_rows_are_kept() -> None:
    models = [mapper.class_ for mapper in Base.registry.mappers]
    assert len(models) >= 8
    assert [m.__name__ for m in models if not re.search(r"[Kk]ept|keeps|purged|single row", m.__doc__ or "")] == []


def test_who_asks_waits_for_nothing_that_only_serving_needs() -> None:
    needless = {"alembic", "argon2", "docx", "dramatiq", "flask", "linebot", "openpyxl", "pypdfium2", "structlog"}
    run = subprocess.run(
        [sys.executable, "-c", "import app, sys; print(*sys.modules)"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not needless & set(run.stdout.split())
