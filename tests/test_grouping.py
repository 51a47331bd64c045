"""Wordings that are looked at together: which are one need, and which cluster they stay."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sqlalchemy import func, select

from bot.models import QuestionLog
from bot.review.decisions import Choice, decide_cluster, undo_decision
from bot.review.filing import Filer
from bot.review.grouping import Group, Wording, _complete_linkage, group_wordings
from bot.review.merging import bring_together, find_cluster, list_undecided
from bot.review.models import ClusterWording, QuestionCluster
from handlers.commands.desk import Desk
from tests.test_review import NOW, log


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_those_of_complete_linkage(seed: int) -> None:
    points = np.random.default_rng(seed).random((60, 3))
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    ours = _complete_linkage(apart.astype(np.float32), 0.5)
    theirs = fcluster(linkage(squareform(apart, checks=False), "complete"), 0.5, "distance")
    assert len(set(ours)) == len(set(zip(ours, theirs, strict=True))) == len(set(theirs)) > 5


def test_two_that_never_meet_are_one_need_when_the_same_others_are_like_both() -> None:
    """Wordings speak of the first, of the second, or of both of two matters; or of a third."""
    both, third = [1, 1, 0], [0, 0, 1]
    matters = np.array([[1, 0, 0], [0, 1, 0], third, *[both] * 6], np.float32)
    matters /= np.linalg.norm(matters, axis=1, keepdims=True)
    wordings = [Wording(str(n), n, 1) for n in range(len(matters))]
    together = [sorted(int(w.core) for w in group.wordings) for group in group_wordings(wordings, matters)]
    assert together == [[0, 1, 3, 4, 5, 6, 7, 8], [2]]
    alone = [group.wordings for group in group_wordings(wordings[:3], matters[:3])]
    assert alone == [[wording] for wording in wordings[:3]]


def test_a_group_stays_the_cluster_of_most_of_its_questions_unless_a_larger_one_does() -> None:
    matters = np.repeat(np.eye(3, dtype=np.float32), (3, 2, 1), axis=0)
    clusters, asked = (7, 8, 8, 7, 7, 7), (9, 2, 2, 4, 4, 1)
    wordings = [Wording(str(n), *both) for n, both in enumerate(zip(clusters, asked, strict=True))]
    assert [(g.cluster, len(g.wordings)) for g in group_wordings(wordings, matters)] == [(7, 3), (None, 2), (None, 1)]
    assert group_wordings([], matters[:0]) == []


def test_what_is_one_need_comes_together_and_what_is_another_leaves(desk: Desk) -> None:
    log(desk, ["ペンギンの飼い方", "運転免許証の住所を変えたい", "犬の登録", "犬の登録", "犬のとうろくはどこ"])
    filer = Filer(desk.sessions, desk.conversation.live)
    filer.file_waiting()
    with desk.sessions() as session:
        penguin, licence, dog = session.scalars(select(QuestionCluster).order_by(QuestionCluster.id))
        said = {wording.core: wording for wording in list_undecided(session)}
        assert (dog.count, said["犬の登録"].asked) == (3, 2)
        apart, other = said["犬の登録"], next(w for core, w in said.items() if "とうろく" in core)
        assert bring_together(session, Group(penguin.id, [said["ペンギンの飼い方"], apart])) == []
        assert (penguin.count, dog.count, dog.label) == (3, 1, "犬のとうろくはどこ")
        assert bring_together(session, Group(penguin.id, [other._replace(cluster=dog.id)])) == [(dog.id, penguin.id)]
        assert (penguin.count, dog.state, find_cluster(session, dog.id)) == (4, "merged", penguin)
        # Decided once is decided, taken back or not; and too many questions are not moved.
        undo_decision(session, decide_cluster(session, licence.id, Choice("later"), "a", NOW).id, "a", NOW)
        wanted = said["運転免許証の住所を変えたい"]
        assert bring_together(session, Group(penguin.id, [wanted])) == []
        assert bring_together(session, Group(licence.id, [said["ペンギンの飼い方"]])) == []
        assert wanted.core not in {wording.core for wording in list_undecided(session)}
        penguin.count = 501
        assert bring_together(session, Group(None, [apart._replace(cluster=penguin.id)])) == []
        penguin.count = 4
        assert bring_together(session, Group(None, [apart._replace(cluster=penguin.id)])) == []
        new = session.scalars(select(QuestionCluster).order_by(QuestionCluster.id.desc())).first()
        assert new is not None
        assert (new.label, new.state, new.count, penguin.count) == ("犬の登録", "open", 2, 2)
        counted = session.execute(select(QuestionLog.cluster_id, func.count()).group_by(QuestionLog.cluster_id))
        assert dict(counted.all()) == {penguin.id: 2, licence.id: 1, new.id: 2}
        session.commit()
    log(desk, ["犬の登録"])
    filer.file_waiting()  # by who had them in other clusters
    with desk.sessions() as session:
        assert session.get_one(QuestionCluster, new.id).count == 3
        assert session.scalars(select(ClusterWording.core).group_by("core").having(func.count() > 1)).all() == []
