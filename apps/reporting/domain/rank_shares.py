"""Agreed volumes shared among price ranks in whole units, every margin kept (rules §2, R6 into institutions). Pure.

Invariant: with a an institution's agreed volume and W the whole rank shares, ΣW = Σa, the shares K are whole and never
negative, each row sums to its a, each rank to its W, and every row and every subtree lies strictly within one unit of
its exact share a·W/ΣW: at the whole number below or above it, or on it where it is whole.

Why there always is such a K, and why this finds it. Picture a copy of the tree for each rank, joined at the rows: a
row gives its volume to the ranks, each rank's branches carry it up to the root. The exact shares are a flow in this
network between bounds that are whole (each branch's share rounded down and up), and the matrix of a network is totally
unimodular, so where a flow exists a whole one does (Hoffman and Kruskal 1956; for tables without a tree: Cox 1987,
controlled rounding). To get there we start from the exact shares and look at the branches that aren't whole yet. Where
they close a cycle, pushing an amount around it keeps every sum; push until the first branch of the cycle is whole,
which takes no branch past its bounds. Branches are added one by one and the cycle that each closes is cancelled, so
what isn't whole is always a forest. A sum of whole numbers and a single fraction isn't whole, so a node whose branches
are all there never ends such a tree: in the end, when all are there, no branch is left.

To keep it fast, rows of one subtree first meet in pairs (cycles of two rows and two ranks), and a node between two
branches that aren't whole makes one branch of them: their fractions are equal or add up to one. So of R ranks an open
subtree has at most R·(R-1)/2 rows that wait and 2·R nodes in the forest: time and memory are linear in the rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise


def share_out(rows: Sequence[tuple[str, int]], shares: Sequence[int]) -> list[tuple[int, ...]]:
    """Whole K[i][r] for rows (path, whole volume) in the order of their paths and whole rank shares.

    A path is materialised (`/0/42/4201/420106/H0001/`); every prefix of it is a subtree. Raises ValueError where the
    sums differ, a quantity is negative, a path has no closing slash or the rows of a subtree aren't together.
    """
    amounts = [amount for _path, amount in rows]
    if min(amounts, default=0) < 0 or min(shares, default=0) < 0:
        raise ValueError("volumes and rank shares are never below zero")
    if sum(amounts) != sum(shares):
        raise ValueError("rank shares must sum to the volume of the rows")
    turns = list(_turns(path for path, _amount in rows))
    weights = [share for share in shares if share]
    return _with_empty_ranks(_divided(amounts, weights, turns), shares)


def _divided(
    amounts: Sequence[int], weights: Sequence[int], turns: Sequence[tuple[int, int]]
) -> list[tuple[int, ...]]:
    if len(weights) <= 2:  # noqa: PLR2004 - two ranks need no tree
        return _between_two(amounts, weights)
    return _Sharing(amounts, weights).run(turns)


def _turns(paths: Iterable[str]) -> Iterator[tuple[int, int]]:
    """For each row: how many open subtrees hold it too, and how many are open with it; the whole is the first."""
    opened, seen = [""], set()
    for path in paths:
        if not path.endswith("/"):
            raise ValueError("a path must end with a slash")
        while not path.startswith(opened[-1]):
            opened.pop()
        kept = len(opened)
        for name in path[len(opened[-1]) : -1].split("/") if path != opened[-1] else ():
            prefix = f"{opened[-1]}{name}/"
            if prefix in seen:
                raise ValueError(f"the rows of {prefix} aren't together")
            seen.add(prefix)
            opened.append(prefix)
        yield kept, len(opened)


def _between_two(amounts: Sequence[int], weights: Sequence[int]) -> list[tuple[int, ...]]:
    """One rank takes all; of two the first takes the difference of the rounded shares of all rows up to each.

    Half up, each of those is off by more than -1/2 and at most 1/2, so two of them differ by less than one from the
    exact share of the rows between them, and every subtree is such a stretch of rows. The second rank is off by as
    much the other way.
    """
    if len(weights) <= 1:
        return [(amount,) * len(weights) for amount in amounts]
    first, total = weights[0], sum(weights)
    running = [0]
    for amount in amounts:
        running.append(running[-1] + amount)
    marks = [(2 * amount * first + total) // (2 * total) for amount in running]
    taken = (after - before for before, after in pairwise(marks))
    return [(one, amount - one) for one, amount in zip(taken, amounts, strict=True)]


def _with_empty_ranks(whole: list[tuple[int, ...]], shares: Sequence[int]) -> list[tuple[int, ...]]:
    """Put a zero back where a rank has no share."""
    if all(shares):
        return whole
    shown = []
    for row in whole:
        taken = iter(row)
        shown.append(tuple(next(taken) if share else 0 for share in shares))
    return shown


@dataclass(slots=True)
class _Row:
    """What a row's shares have beyond whole units, in parts of the total; 0 is settled."""

    cell: int
    parts: list[int]


@dataclass(slots=True)
class _Subtree:
    """One that is open: the volume before it, its rows that aren't whole, its first rank node in the forest."""

    before: int
    rows: list[_Row] = field(default_factory=list)
    node: int = -1


@dataclass(slots=True, eq=False)
class _Branch:
    """What a branch carries up from `lower` beyond whole units.

    Each cell goes up to the next whole unit when the branch does; ~cell goes down instead.
    """

    lower: int
    part: int
    cells: list[int]


class _Sharing:
    """One run over the rows: subtrees open and close like brackets."""

    def __init__(self, amounts: Sequence[int], weights: Sequence[int]) -> None:
        self.amounts, self.weights, self.total = amounts, weights, sum(weights)
        self.ranks = range(len(weights))
        self.whole: list[int] = []
        self.forest = _Forest(self.total, self.whole)
        self.open = [_Subtree(0)]

    def run(self, turns: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
        before, opened = 0, self.open
        for amount, (kept, depth) in zip(self.amounts, turns, strict=True):
            while len(opened) > kept:
                self._close(before)
            while len(opened) < depth:
                opened.append(_Subtree(before))
            self._take(amount)
            before += amount
        while opened:
            self._close(before)
        return list(zip(*[iter(self.whole)] * len(self.weights), strict=True))

    def _take(self, amount: int) -> None:
        """Round a row down and keep what is missing."""
        total = self.total
        cell, parts = len(self.whole), []
        for weight in self.weights:
            whole, part = divmod(amount * weight, total)
            self.whole.append(whole)
            parts.append(part)
        if any(parts):
            self._place(_Row(cell, parts), self.open[-1])

    def _place(self, new: _Row, subtree: _Subtree) -> None:
        """Let a row meet those that wait; of those that go on waiting no two are open in the same two ranks."""
        for old in subtree.rows:
            self._exchange(old, new)
        subtree.rows = [row for row in (*subtree.rows, new) if any(row.parts)]

    def _exchange(self, old: _Row, new: _Row) -> None:
        """Cancel all cycles of two rows and two ranks: at most one rank is left that is open in both."""
        total, whole, x, y = self.total, self.whole, old.parts, new.parts
        p, xp, yp = -1, 0, 0
        for q in self.ranks:
            xq, yq = x[q], y[q]
            if not (xq and yq):
                continue
            if p >= 0:
                up = min(total - xp, xq, yp, total - yq)
                down = min(xp, total - xq, total - yp, yq)
                push = up if up < down else -down
                xp, xq, yp, yq = xp + push, xq - push, yp - push, yq + push
                if xp == total:
                    whole[old.cell + p] += 1
                    xp = 0
                if xq == total:
                    whole[old.cell + q] += 1
                    xq = 0
                if yp == total:
                    whole[new.cell + p] += 1
                    yp = 0
                if yq == total:
                    whole[new.cell + q] += 1
                    yq = 0
                x[p], y[p], x[q], y[q] = xp, yp, xq, yq
            if not (xp and yp):
                p, xp, yp = (q, xq, yq) if xq and yq else (-1, 0, 0)

    def _plant(self, subtree: _Subtree) -> None:
        """Bring the waiting rows into the forest."""
        if subtree.node < 0:
            subtree.node = self.forest.open(len(self.weights))
        for row in subtree.rows:
            node = self.forest.open(1)
            for rank in self.ranks:
                if row.parts[rank]:
                    self.forest.join(node, subtree.node + rank, row.parts[rank], [row.cell + rank])
            self.forest.close(node, 1)

    def _close(self, after: int) -> None:
        """End the innermost subtree; what isn't whole in it goes on in the one around it."""
        subtree = self.open.pop()
        if subtree.node < 0 and len(subtree.rows) <= 1:
            for row in subtree.rows:
                self._place(row, self.open[-1])
            return
        self._plant(subtree)
        if self.open:
            self._grow(subtree, self.open[-1], after - subtree.before)
        self.forest.close(subtree.node, len(self.weights))

    def _grow(self, subtree: _Subtree, around: _Subtree, amount: int) -> None:
        """Branches from a subtree's rank nodes to those of the subtree around it."""
        if around.node < 0:
            around.node = self.forest.open(len(self.weights))
        for rank, weight in enumerate(self.weights):
            part = amount * weight % self.total
            if part:
                self.forest.join(subtree.node + rank, around.node + rank, part, [])


class _Forest:
    """The branches that aren't whole, of which no cycle is left; `whole` gets a unit for each cell that goes up."""

    def __init__(self, total: int, whole: list[int]) -> None:
        self.total, self.whole = total, whole
        self.links: dict[int, dict[int, _Branch]] = {}
        self.opened: set[int] = set()
        self.next = 0

    def open(self, number: int) -> int:
        """Make nodes that will get branches; the first of them."""
        first, self.next = self.next, self.next + number
        for node in range(first, self.next):
            self.links[node] = {}
            self.opened.add(node)
        return first

    def close(self, first: int, number: int) -> None:
        """Say that these nodes have all their branches."""
        nodes = range(first, first + number)
        self.opened.difference_update(nodes)
        for node in nodes:
            self._contract(node)

    def join(self, lower: int, upper: int, part: int, cells: list[int]) -> None:
        """Add a branch, and push along the cycle that it closes until the first branch on it is whole."""
        path = self._path(lower, upper)
        branch = self.links[lower][upper] = self.links[upper][lower] = _Branch(lower, part, cells)
        if not path:
            return
        cycle, total = [(branch, lower, upper, False)], self.total
        for start, end in pairwise(path):
            branch = self.links[start][end]
            cycle.append((branch, start, end, branch.lower == end))
        room = [total - cell.part if falls else cell.part for cell, _, _, falls in cycle]
        up, down = min(room), total - max(room)
        push = up if up < down else -down
        for cell, start, end, falls in cycle:
            cell.part += push if falls else -push
            if cell.part in (0, total):
                self._settle(cell, start, end)
        for node in path:
            self._contract(node)

    def _path(self, start: int, goal: int) -> list[int]:
        """Nodes from `goal` back to `start`, or none where they aren't joined."""
        links, came, queue = self.links, {start: start}, [start]
        while goal not in came and queue:
            node = queue.pop()
            for other in links[node]:
                if other not in came:
                    came[other] = node
                    queue.append(other)
        if goal not in came:
            return []
        path = [goal]
        while path[-1] != start:
            path.append(came[path[-1]])
        return path

    def _settle(self, branch: _Branch, one: int, other: int) -> None:
        del self.links[one][other], self.links[other][one]
        goes_up = branch.part == self.total
        for cell in branch.cells:
            if cell >= 0 and goes_up:
                self.whole[cell] += 1
            elif cell < 0 and not goes_up:
                self.whole[~cell] += 1

    def _contract(self, node: int) -> None:
        """Make one branch of the two at a node that gets no more."""
        links = self.links.get(node)
        if links is None or node in self.opened or len(links) > 2:  # noqa: PLR2004 - see the sentence
            return
        del self.links[node]
        if not links:
            return
        (upper, first), (lower, second) = links.items()
        part = first.part if first.lower == node else self.total - first.part
        cells = first.cells if first.lower == node else [~cell for cell in first.cells]
        cells += second.cells if second.lower == lower else [~cell for cell in second.cells]
        del self.links[upper][node], self.links[lower][node]
        self.links[upper][lower] = self.links[lower][upper] = _Branch(lower, part, cells)
