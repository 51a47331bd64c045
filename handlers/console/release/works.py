"""What goes on behind these pages, one set for each process."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from flask import request
from sqlalchemy.orm import Session

from bot.draft_check.checks import review_draft
from bot.draft_check.trial import DraftSnapshots, draft_version
from handlers.console.access import visitor
from handlers.console.behind import Behind
from handlers.console.parts import Parts
from knowledge import KnowledgeError
from knowledge.database import begin_writing
from knowledge.document import Document, Doubt, LeftOut
from knowledge.exchange import document_from_json, document_to_json
from knowledge.history import sign_changes
from knowledge.importers.files import read_upload
from knowledge.jobs import Job, JobRunner, Report
from knowledge.merging.comparing import compare_with_draft
from knowledge.merging.proposal import Decisions, Proposal, pack_proposal

IMPORT, REVIEW = "import", "review"
LONGEST_REASON = 500  # characters


def pack_document(document: Document, by_hand: bool) -> str:
    """A document that was read, as a job keeps it until it is applied."""
    return json.dumps(
        {
            "by_hand": by_hand,
            "document": document_to_json(document),
            "left_out": [asdict(left) for left in document.left_out],
            "unsaid": sorted(document.unsaid),
            "blank": sorted(document.blank),
            "doubts": [asdict(doubt) for doubt in document.doubts],
        },
        ensure_ascii=False,
    )


def proposal_of(job: Job) -> Proposal:
    """What a read file would do; the first line of the job's result."""
    return Proposal(job.result.partition("\n")[0])


def document_of(job: Job) -> tuple[Document, bool]:
    """The document that was read; the second line."""
    return unpack_document(job.result.partition("\n")[2])


def unpack_document(text: str) -> tuple[Document, bool]:
    """(the document, whether it is the knowledge base's own form, edited by hand)."""
    raw = json.loads(text)
    document = document_from_json(raw["document"])
    document.left_out = [LeftOut(**left) for left in raw["left_out"]]
    document.unsaid = frozenset(raw["unsaid"])
    document.blank = frozenset((what, name, fact) for what, name, fact in raw.get("blank", ()))
    document.doubts = tuple(
        Doubt(doubt["what"], doubt["name"], doubt["fact"], tuple((t, where, tuple(n)) for t, where, n in doubt["said"]))
        for doubt in raw.get("doubts", ())
    )
    return document, raw["by_hand"]


class Works:
    """The draft's snapshot and the runner of what takes its time: reading a file, reviewing the draft."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        embedder = parts.conversation.live.embedder
        self.drafts = DraftSnapshots(parts.sessions, parts.settings.data_dir / "index", embedder)
        self.trial = Behind(lambda: self.drafts.get()[1])
        self.runner = JobRunner(parts.sessions, {IMPORT: self._read, REVIEW: self._review})

    def _read(self, job: Job, report: Report) -> str:
        """The file's document and how it compares with the draft; only compared again where it was read before."""
        with self._parts.sessions() as session:
            kept = session.get_one(Job, job.id)
            content, packed = kept.content, kept.result.partition("\n")[2]
        if not packed:
            if content is None:
                raise KnowledgeError(f"{job.subject}: ファイルがもうありません。もう一度送ってください。")
            ward = self._parts.ward

            def read(done: int, total: int) -> None:
                report("ファイルを読んでいます", done, total)

            packed = pack_document(*read_upload(job.subject, content, ward.area_code, ward.name, read))
        document, by_hand = unpack_document(packed)
        report("下書きと比べています", 0, len(document.entries))
        with self._parts.sessions() as session:
            version = draft_version(session)
            same = Decisions.from_list(session.get_one(Job, job.id).switched).same
            steps = compare_with_draft(session, document, by_hand, same)
        return f"{pack_proposal(version, steps, document)}\n{packed}"

    def _review(self, job: Job, report: Report) -> str:
        with self._parts.sessions() as session:
            version = draft_version(session)
        review = review_draft(self._parts.sessions, self._parts.conversation, self.drafts, report)
        with self._parts.sessions() as session:
            if draft_version(session) != version or not job.subject.startswith(f"{version}:"):
                raise KnowledgeError("調べているあいだに下書きが変わりました。")
        return review.to_json()


def reason() -> str:
    """Why a form asks for what it asks for."""
    return request.form.get("why", "").strip()[:LONGEST_REASON]


@contextmanager
def writing(parts: Parts, why: str = "") -> Iterator[Session]:
    """A session that writes, whose changes of the draft bear the person's name and a reason."""
    with parts.sessions() as session:
        begin_writing(session)
        sign_changes(session, visitor().name, why)
        yield session
