"""Which headings, list items and rows of a document are its initiatives, and which only tell of one."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from knowledge.importers.facts.contacts import fact_label, office_at_end
from knowledge.importers.facts.labels import announces, labelled_value
from knowledge.importers.outline.parts import Part
from knowledge.importers.outline.tree import Node

_LONGEST_NAME = 40  # letters
_TOLD = re.compile(r"^(?P<title>[^:。]{2,40}?)(?::|\.{3,})\s*(?P<told>.{4,})$", re.DOTALL)
_TOLD_BEHIND = re.compile(r"^(?P<title>[^\s:。、]{2,30})\s+(?P<told>[^。]{5,}。.*)$", re.DOTALL)
_SENTENCE = re.compile(r"。|(?:ます|です|ません|ました|ましょう|ください|たい|ほしい|欲しい)$")
_COUNT = re.compile(
    r"^[(約年月週]*\d[\d,.]*\s*(?:回|人|名|件|か所|箇所|ヶ所|%|円|万|千|世帯|団体|校|日|年)|\d+(?:回|人|名|件|か所|箇所|%|円)(?:以上|程度)?$|→"
)
_INTRODUCES = re.compile(r"(?:次|以下|下記)の.{0,12}(?:進め|取り?組|実施し|行い|行う|推進し|展開し)")
_MANY = 3  # initiatives told of alone for each that has something below it
_HIGHEST_OF_INITIATIVES = 6  # rank of the words 施策, 取組, 事業


def told_item(text: str) -> tuple[str, str]:
    """(name, what is said of it) of an item such as 見守り:民生委員が訪問します; nothing said: all is the name."""
    match = _TOLD.match(text) or _TOLD_BEHIND.match(text)
    return (match["title"], match["told"]) if match else (text, "")


def _names_something(text: str, area_code: str) -> bool:
    name = office_at_end(told_item(text)[0], area_code)[0]
    return (
        2 <= len(name) <= _LONGEST_NAME
        and not _SENTENCE.search(name)
        and not _COUNT.search(name)
        and not labelled_value(text)[0]
        and not announces(name)
        and not fact_label(name)
    )


def _only_told(node: Node) -> bool:
    """Whether a node is a heading that announces something, or stands in what one tells of an initiative."""
    above: Node | None = node.parent
    while above is not None:
        if above.announced in ("text", "target"):
            return True
        above = above.parent
    return bool(node.announced)


@dataclass(slots=True)
class _Group:
    """What the nodes of one rank hold: their items, or their bare headings below."""

    nodes: list[Node] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    announced: int = 0

    def share(self, counted: int) -> float:
        return counted / max(1, len(self.nodes))


class Choice:
    """The judgement over a whole document, so that what looks alike is read alike."""

    def __init__(self, root: Node, area_code: str) -> None:
        self.root, self.area_code = root, area_code
        nodes = [n for n in root.walk() if n.part and not n.reason() and not n.part.plan and not _only_told(n)]
        self.items: defaultdict[int, _Group] = defaultdict(_Group)
        self.below: defaultdict[tuple[int, int], _Group] = defaultdict(_Group)
        for node in nodes:
            kids = self.kids(node)
            if kids and all(self._bare(kid) for kid in kids):
                group = self.below[node.rank, kids[0].rank]
                group.nodes.append(node)
                group.texts += [kid.title for kid in kids]
                group.announced += kids[0].parent is not node
            elif not kids and (items := self.listed(node)):
                group = self.items[node.rank]
                group.nodes.append(node)
                group.texts += [f"{item.text}:{item.told}" if item.told else item.text for item, _ in items]
                group.announced += any(announced for _, announced in items)
        self.named_items = {rank for rank, group in self.items.items() if self._items_name(group)}
        self.details = {ranks for ranks, group in self.below.items() if self._only_tell(group)}
        self.facts = self._with_facts(nodes)
        self.main = self._main_rank(nodes)

    def kids(self, node: Node) -> list[Node]:
        """The named nodes below one, those under a heading that only announces them included."""
        found = []
        for child in node.children:
            if child.announced == "list" and not child.dropped:
                found += child.named()
            elif not child.announced and not child.dropped:
                found.append(child)
        return found

    def listed(self, node: Node) -> list[tuple[Part, bool]]:
        """The items of a node, and whether a heading of a list announces them."""
        found = [(item, False) for item in node.having("item")]
        for child in node.children:
            if child.announced == "list" and not child.dropped:
                found += [(item, True) for item in child.having("item")]
        return found

    def contacts(self, node: Node) -> list[Part]:
        """The contacts of a node, those under headings of what is told of it included."""
        told = [child for child in node.children if child.announced and not child.dropped]
        return [
            part for n in (node, *(below for child in told for below in child.walk())) for part in n.having("contact")
        ]

    def rows(self, node: Node) -> list[Part]:
        """The rows of tables that stand under a node."""
        found = node.having("row")
        for child in node.children:
            if child.announced and not child.dropped:
                found += child.having("row")
        return [part for part in found if part.lists]

    def _bare(self, node: Node) -> bool:
        return not (node.children or node.told or node.office or any(p.role != "contact" for p in node.flow))

    def _with_facts(self, nodes: list[Node]) -> set[int]:
        """The nodes that sentences tell of, where the headings below name facts such as a fee: no sentence, no office
        but the node's own at the end stands under them, and as many nodes of that rank have nothing below them."""
        told = [node for node in nodes if "。" in node.body() and not node.having("row")]
        alone = Counter(node.rank for node in told if not self.kids(node))
        parted = Counter(node.rank for node in told if self.kids(node))
        with_facts = [node for node in told if (kids := self.kids(node)) and self._are_facts(kids)]
        found = {id(node) for node in with_facts if alone[node.rank] >= sum(n.rank == node.rank for n in with_facts)}
        # One that stands among many told of alone, with something below it that nobody is asked about, is no section.
        rare = [node for node in told if 0 < parted[node.rank] * _MANY <= alone[node.rank]]
        return found | {id(node) for node in rare if self.kids(node) and not self._asked_below(node)}

    def _asked_below(self, node: Node) -> bool:
        """Whether offices, or rows of a table that lists, stand below the headings of a node."""
        kids = self.kids(node)
        parts = len(kids) > 1 and not all(self._bare(kid) for kid in kids)
        return parts or any(n.office or n.having("contact") or n.having("row") for kid in kids for n in kid.walk())

    def _are_facts(self, kids: list[Node]) -> bool:
        bare = all(kid.body() and "。" not in kid.body() and not (kid.children or kid.office) for kid in kids)
        return bare and not any(kid.having("contact") for kid in kids[:-1])

    def _explained(self, node: Node) -> bool:
        """Whether sentences tell of a node, be it under headings such as 現状と課題."""
        told = (node, *(child for child in node.children if child.announced == "text"))
        said = [sentence for n in told if "。" in n.body() for sentence in n.body().split("。") if sentence.strip()]
        return any(not _INTRODUCES.search(sentence) for sentence in said)

    def _items_name(self, group: _Group) -> bool:
        """Whether the items of nodes of a rank are initiatives; else they tell of the node's."""
        items = [(told_item(text), text) for text in group.texts]
        told = sum(bool(said) and not (labelled_value(text)[0] or fact_label(name)) for (name, said), text in items)
        given = sum(bool(office_at_end(text, self.area_code)[1]) for text in group.texts)
        names = sum(_names_something(text, self.area_code) for text in group.texts)
        if names < 0.6 * len(group.texts):
            return False
        if (told + given) > 0.6 * len(group.texts):
            return True
        asked = sum(bool(node.office or self.contacts(node)) for node in group.nodes)
        explained = sum("。" in node.body() for node in group.nodes)
        if told + given == 0 and group.share(asked) >= 0.5 and group.share(explained) >= 0.5:
            return False  # what one asks about is what sentences tell of; its items are parts of it
        if group.announced * 2 > len(group.nodes):
            return True
        if len(group.texts) < 1.5 * len(group.nodes):
            return False
        explained = sum(self._explained(node) for node in group.nodes)
        if group.share(explained) < 0.5:
            return True
        word = self._word(group)
        sections = sum(bool(node.parent and node.parent.part and not node.parent.part.plan) for node in group.nodes)
        return 0 <= word < _HIGHEST_OF_INITIATIVES or (word < 0 and not sections)

    def _only_tell(self, group: _Group) -> bool:
        """Whether bare headings below nodes of a rank are points of what the node tells, not initiatives."""
        names = sum(_names_something(text, self.area_code) for text in group.texts)
        if names < 0.5 * len(group.texts):
            return True
        if group.announced * 2 > len(group.nodes):
            return False
        explained = sum(self._explained(node) for node in group.nodes)
        if group.share(explained) < 0.5:
            return False
        asked = sum(bool(node.having("contact") or node.office) for node in group.nodes)
        if self._word_of([kid for node in group.nodes for kid in self.kids(node)]) > self._word(group) >= 0:
            return False  # as 事業1 stands below 施策1
        nested = sum(bool(node.parent and node.parent.part and not node.parent.part.plan) for node in group.nodes)
        return self._word(group) >= _HIGHEST_OF_INITIATIVES or (
            group.share(asked) >= 0.5 and group.share(nested) >= 0.5
        )

    def _word(self, group: _Group) -> int:
        return self._word_of(group.nodes)

    def _word_of(self, nodes: list[Node]) -> int:
        """The rank of the word that most nodes' markers bear; -1: none."""
        return Counter(node.part.marker.rank for node in nodes if node.part).most_common(1)[0][0]

    def _main_rank(self, nodes: list[Node]) -> int:
        """The rank on which most initiatives stand."""
        weights: Counter[int] = Counter()
        for node in nodes:
            if self.is_leaf(node):
                weights[node.rank] += 3 if node.body() or node.office or self.contacts(node) else 1
        return weights.most_common(1)[0][0] if weights else 0

    def is_leaf(self, node: Node) -> bool:
        """Whether no initiative stands below a node: it has no headings of its own, or they only tell of it."""
        kids = self.kids(node)
        only_told = bool(kids) and (node.rank, kids[0].rank) in self.details and all(self._bare(kid) for kid in kids)
        return (not kids or only_told or id(node) in self.facts) and not self.rows(node) and not self.lists(node)

    def lists(self, node: Node) -> bool:
        """Whether the items of a node are initiatives."""
        items = self.listed(node)
        if not items or self.kids(node):
            return False
        names = sum(_names_something(part.text, self.area_code) for part, _ in items)
        return node.rank in self.named_items and names * 2 >= len(items)

    def is_initiative(self, node: Node) -> bool:
        """Whether a leaf is an initiative, not a heading above the others that has nothing below it."""
        if node.office or self.contacts(node):
            return True
        if self._titles_document(node):
            return False
        if node.rank >= self.main:
            return True
        if not self._explained(node) and not node.body() and not self.listed(node):
            return False
        beside = [n for n in (node.parent.named() if node.parent else []) if n is not node and n.rank == node.rank]
        above = sum(not self.is_leaf(n) for n in beside)
        by_word = node.part is not None and node.part.marker.rank >= _HIGHEST_OF_INITIATIVES
        return by_word or above * 2 <= len(beside) or (node.part is not None and node.part.marker.rank == 3)

    def _titles_document(self, node: Node) -> bool:
        """Whether a heading is the title of the document that the plans' titles stand below."""
        first = self.root.children[0] is node and node.line.level > 0
        plans = [n for n in self.root.children if n.part and n.part.plan]
        return first and bool(plans) and all(n.line.level > node.line.level for n in plans)

    def names_initiatives(self, node: Node) -> bool:
        """Whether the items that stand right under a plan's title are initiatives."""
        texts = [item.text for item, _ in self.listed(node)]
        return len(texts) > 1 and sum(_names_something(text, self.area_code) for text in texts) > 0.6 * len(texts)
