"""What wordings would change, before they are taken: real questions, answered with them and without."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.conversation import Conversation
from bot.draft_check.checks import Altered, outcome
from bot.draft_check.trial import answering_from
from bot.record.search import find_sharing
from knowledge import KnowledgeError
from knowledge.database import Sessions
from knowledge.releases import read_release
from knowledge.snapshot import Snapshot
from nlp.indexing.stored import kept_indexes

# Questions that are asked twice: with the index of the trial that is what a page can wait for.
OWN, ASKED = 20, 60


@dataclass(frozen=True, slots=True)
class Effect:
    """`own`: the questions of the need itself whose answer changes, of `owned`; `others`: the logged questions beside
    them, of `asked` that share a word with a wording."""

    own: tuple[Altered, ...]
    owned: int
    others: tuple[Altered, ...]
    asked: int


def _trial_folder(folder: Path) -> Path:
    """Where trial indexes are kept, so that they push out none that answers. It begins with a copy of the newest, so
    that what is alike need not be analysed again."""
    trial = folder / "trial"
    kept = kept_indexes(folder)
    if kept and not kept_indexes(trial):
        shutil.copytree(kept[-1], trial / kept[-1].name, dirs_exist_ok=True)
    return trial


def preview_wording(
    sessions: Sessions,
    conversation: Conversation,
    folder: Path,
    entry: str,
    wordings: Sequence[str],
    own: Sequence[str],
) -> Effect:
    """What residents would get otherwise if the live release's entry with an id had these example questions more.

    `own`: the wordings of the need, the most frequent first: of these the first `OWN` are asked. Writes nothing but a
    trial index below `folder`, where indexes are kept.
    Raises KnowledgeError for an entry that the live release does not have.
    """
    live = conversation.live.get()
    with sessions() as session:
        document = read_release(session, live.release)
        logged = [text for text in find_sharing(session, " ".join(wordings), ASKED) if text not in set(own)]
    changed = [
        replace(one, examples=(*one.examples, *wordings)) if one.id == entry else one for one in document.entries
    ]
    if changed == document.entries:
        raise KnowledgeError("この取組は公開版にありません。公開の前の確認で、変わる質問を見てください。")
    changed_document = replace(document, entries=changed)
    embedder = conversation.live.embedder
    snapshot = Snapshot(changed_document, 0, _trial_folder(folder), embedder=embedder)
    trial = answering_from(conversation, snapshot)
    before = answering_from(conversation, live)

    def altered(questions: Sequence[str]) -> tuple[Altered, ...]:
        pairs = [(text, outcome(before.answer(text)), outcome(trial.answer(text))) for text in questions]
        return tuple(Altered(*pair) for pair in pairs if pair[1] != pair[2])

    frequent = own[:OWN]
    return Effect(altered(frequent), len(frequent), altered(logged), len(logged))
