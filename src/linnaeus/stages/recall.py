"""Answer a text from near ones that agree, and ask for the rest: a semantic cache around an expensive stage.

Knows nothing of models. Every text gets the decision it would get if texts came one by one: a text waits until the
earlier ones near it are decided; texts with nothing near are asked together, at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from linnaeus.consolidate import opposed_texts, readable, wording_key
from linnaeus.index import ExactIndex, GrowingArray, cosines, quantise
from linnaeus.stages.ask import Ask
from linnaeus.stages.centres import Centres
from linnaeus.stages.gate import is_audited
from linnaeus.stages.gates import Gates
from linnaeus.stages.recheck import Recheck
from linnaeus.stages.student import Said, Student
from linnaeus.store import content_key
from linnaeus.types import Codes, Decision, Guess, LabelId, Reply, SurfaceId, Verdict

BLOCK = 4096  # leaders read at a time
NEIGHBOURS = 15
SPEAKING = 5  # the nearest, whose wordings are compared
EQUAL = 0.99999  # cosine of equal vectors, such as those of texts that differ in case
FLOOR = 0.6  # cosine below which a neighbour says nothing
# log-odds that the model would give a text the label of its nearest leader: research/recall.py, fitted on both recordings
INTERCEPT, PER_COSINE, PER_AGREEMENT, PER_LEAD = -1.65, 3.55, 3.3, 4.2
SMOOTHING = 0.02  # what the other neighbours must outweigh before they count
FULL_AGREEMENT = 0.5  # the largest agreement: all neighbours have the very wording of the nearest
LARGEST_LEAD = 0.6
ALIKE_WORDLESS = 0.9  # cosine from which texts are alike where no model can be asked
LEAST_WORDLESS = ALIKE_WORDLESS  # there the odds are the cosine
CERTAIN = 7.0  # log-odds above which no estimate goes
LOOKS = 3  # at answers of memory, at the end of a stream
FIRST_ASKED = 0.5  # share of those in doubt, at most, that is asked before the next look
UNASKED = Decision(error="the budget ended", unasked=True)


class Recall:
    """Let a near text that was asked before answer, where the `Gate` says that it may.

    The estimate rises with the cosine to the nearest asked text, with how alike the labels of the next four are to the
    nearest one's, and with how much nearer the text is to the centre of its label than to that of any other, as labels were
    when all was last grouped. Only asked texts are remembered, so answers do not drift from neighbour to neighbour.
    """

    name = "recall"

    def __init__(self, inner: Ask, *, max_error: float = 0.05) -> None:
        """Wrap `inner`; of the answers at most `max_error` shall differ from what the model would say."""
        self.inner = inner
        self.max_error = max_error
        self._recheck = Recheck(inner)
        self.reload()

    def reload(self) -> None:
        """Forget what was read; the asked texts are read again when they are needed."""
        self.gate = Gates(self.max_error)
        self._loaded = 0  # which reading of the consolidator's goes with it

    def _catch_up(self) -> None:
        """Take up what the consolidator, which looks or writes now, has taken in; all anew if it has read all anew."""
        consolidator = self.inner.consolidator
        if self._loaded != consolidator.loads:
            self._load()
        elif self._newest != consolidator.newest:
            self._note(self.gate, since=self._newest)
            self._read_on()

    def opened(self) -> Gates:
        """The gate, with all that was read."""
        with self.inner.consolidator.looking():
            self._catch_up()
        return self.gate

    def _load(self) -> None:
        self._centres: Centres | None = None
        self._student: Callable[[], Student] | None = None  # it learns when it is first asked
        self._surfaces: list[tuple[SurfaceId, ...]] = []
        self._texts: list[str] = []
        self._signs: list[LabelId | str] = []  # what each stood for when all was last grouped
        self._index: ExactIndex | None = None
        self._newest = 0
        glimpsed = self.inner.consolidator.glimpsed_text
        self._read_on(until=glimpsed)
        self._look()
        self._read_on()
        self._note(self.gate, since=glimpsed)
        self._loaded = self.inner.consolidator.loads

    def _note(self, gate: Gates, *, since: int = 0, until: int | None = None) -> None:
        """Tell `gate` what memory thought of the texts after `since`, up to `until`."""
        for one in self.inner.consolidator.store.guesses(since=since, until=until):
            gate.note(one)

    def _read_on(self, *, until: int | None = None) -> None:
        """Remember the asked texts after the newest that was read, up to `until`."""
        self._texts += self.inner.consolidator.store.asked_texts(since=self._newest, until=until)
        leaders = self.inner.consolidator.leaders(since=self._newest, until=until)
        while part := list(islice(leaders, BLOCK)):
            words = [self.inner.consolidator.words_of(surfaces) for _, surfaces in part]
            self._remember(
                [surfaces for _, surfaces in part], np.stack([code for code, _ in part]), self._said(words)
            )
        self._newest = self.inner.consolidator.newest if until is None else until

    def _look(self) -> None:
        """Take note of how all is grouped at a place of the stream where it was grouped anew."""
        consolidator = self.inner.consolidator
        self._signs = [consolidator.sign(surfaces[0]) for surfaces in self._surfaces]
        self.gate = Gates(self.max_error)
        if not consolidator.wordless:
            self._note(self.gate, until=consolidator.glimpsed_text)
            self.gate.fit(consolidator.grouped)
            if self._index is not None:
                self._centres = Centres(self._index.rows, self._signs)
                several = self.inner.max_labels > 1 or len(self._centres.place) < 2
                learns = (self._index.rows, self._all_said.rows, list(self._signs), self._centres)
                self._student = None if several else cache(partial(Student, *learns))

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for each text, in order, and keep it; unasked from the first on that the budget did not reach.

        The model is asked while other processes may write, from a memory that may be a little old: the texts that it
        answers from are there still. What it said is taken up while nobody else writes, with what they did meanwhile.
        """
        consolidator = self.inner.consolidator
        decisions: list[Decision | None] = []
        while len(decisions) < len(texts):
            if not self._recheck.ask():
                return decisions + [UNASKED] * (len(texts) - len(decisions))
            with consolidator.looking():
                self._catch_up()
            part = texts[len(decisions) : len(decisions) + consolidator.room]
            batch = self._asked(part)
            with consolidator.all_or_nothing():
                self._catch_up()
                decisions += self._accept(batch)
                if consolidator.regroup_if_due():
                    self._look()
                    self._recheck.think_twice(self.gate.second_thoughts(), FIRST_ASKED)
            if batch.unasked < len(part):
                return decisions + [UNASKED] * (len(texts) - len(decisions))
        return decisions

    def look_again(self) -> None:
        """Group all anew if there are new texts, and ask about those that memory answered and that are in doubt.

        Half of them at most, some times over: what is said of these settles others.
        """
        if not self.inner.consolidator.wordless:
            while self._recheck.ask() and self._look_once_more():
                pass

    def _look_once_more(self) -> bool:
        """See what is in doubt, all grouped anew; False if that was done as often as it may be since the newest text."""
        consolidator = self.inner.consolidator
        store = consolidator.store
        with consolidator.all_or_nothing():
            newest = str(store.newest_text())
            seen, _, times = (store.meta("looked_at") or "").partition(" ")
            looks = int(times or LOOKS) if seen == newest else 0
            if looks == LOOKS:
                return False
            consolidator.regroup_texts()
            gate = Gates(self.max_error)
            self._note(gate)
            gate.fit(consolidator.label_of)
            share = 1.0 if looks + 1 == LOOKS else FIRST_ASKED
            self._recheck.think_twice(gate.second_thoughts(at_end=True), share)
            store.set_meta("looked_at", f"{newest} {looks + 1 if store.doubted() else LOOKS}")
        return True

    def _asked(self, texts: Sequence[str]) -> _Batch:
        """Find out what memory or the model say of texts between two places where all is grouped anew."""
        codes = self.inner.consolidator.vectors.codes(texts)
        batch = _Batch(texts, codes, self._near(codes), self.inner.consolidator.newest)
        if self._centres is not None:
            batch.nearness = self._centres.nearness(self._centres.rows(codes))
        waiting = list(range(len(texts)))
        while waiting:
            asked, waiting = self._sort_out(batch, waiting)
            replies = self.inner.propose([texts[place] for place in asked])
            said = self._said([reply.labels for reply in replies])
            for place, reply, words in zip(asked, replies, said, strict=True):
                sign = self.inner.consolidator.sign_of(reply.labels[0], codes[place]) if reply.labels else ""
                batch.answer(place, reply, words, sign)
            waiting = [place for place in waiting if place < batch.unasked]
        self._think_again(batch)
        return batch

    def _think_again(self, batch: _Batch) -> None:
        """What memory thinks of texts that were asked before all near ones were decided: not enough, but the gate learns."""
        for place in batch.replies:
            nearest = self._from_unopposed(batch, place, batch.neighbours(place)[0])
            if place not in batch.guesses and (thought := self._thinks(batch, place, nearest)) is not None:
                batch.guesses[place] = thought

    def _sort_out(self, batch: _Batch, waiting: list[int]) -> tuple[list[int], list[int]]:
        """Decide what can be decided now; return the texts to ask, and those that must wait for an answer nearby."""
        asked, still = [], []
        for place in waiting:
            nearest, undecided = batch.neighbours(place)
            nearest = self._from_unopposed(batch, place, nearest)
            closest = max(batch.within[place, undecided].max(initial=0), nearest[0].cosine if nearest else 0)
            thought = self._thinks(batch, place, nearest)
            enough = thought is not None and self._enough(thought)
            if undecided and (closest >= self._hopeless_below or (enough and not nearest)):
                still.append(place)
            elif undecided or thought is None:
                asked.append(place)
            elif not enough or (batch.audited[place] and thought.odds < math.inf):
                batch.guesses[place] = replace(thought, audited=enough)
                asked.append(place)
            else:
                batch.recalled[place] = thought
        return asked, still

    def _thinks(self, batch: _Batch, place: int, nearest: list[_Neighbour]) -> _Thought | None:
        """What memory thinks of a text: the nearest asked text speaks, and where there is none a student."""
        if nearest:
            return self._thought(nearest[0].place, self._odds(batch, place, nearest))
        said = self._said_by_student(batch, place)
        return None if said is None else self._thought(~said.row, said.odds, student=True)

    def _said_by_student(self, batch: _Batch, place: int) -> Said | None:
        """What the student says of a text; nothing where that would be the opposite."""
        if self._student is None or batch.nearness is None:
            return None
        if place not in batch.by_student:
            batch.by_student[place] = self._student().says(batch.codes[place], batch.nearness[place])
        said = batch.by_student[place]
        text, words = self._texts[said.row], self._words(batch, ~said.row)
        return None if opposed_texts(batch.texts[place], text, words) else said

    def _enough(self, thought: _Thought) -> bool:
        if self.inner.consolidator.wordless:
            return thought.odds >= LEAST_WORDLESS
        return thought.odds >= self.gate.of(student=thought.student).least

    def _from_unopposed(self, batch: _Batch, place: int, nearest: list[_Neighbour]) -> list[_Neighbour]:
        """`nearest` without the first ones as long as their texts say the opposite of the one at `place`."""
        for number, one in enumerate(nearest):
            text = batch.texts[one.place] if one.place >= 0 else self._texts[~one.place]
            if not opposed_texts(batch.texts[place], text, self._words(batch, one.place)):
                return nearest[number:]
        return []

    def _words(self, batch: _Batch, place: int) -> Sequence[str]:
        if place >= 0:
            return batch.replies[place].labels
        return self.inner.consolidator.words_of(self._surfaces[~place])

    def _thought(self, source: int, odds: float, *, student: bool = False) -> _Thought:
        return _Thought(source, () if source >= 0 else self._surfaces[~source], odds, student=student)

    @property
    def _hopeless_below(self) -> float:
        """The cosine below which no neighbour can answer, whatever the others say."""
        if self.inner.consolidator.wordless:
            return ALIKE_WORDLESS
        best = INTERCEPT + PER_AGREEMENT * FULL_AGREEMENT + PER_LEAD * LARGEST_LEAD
        return min((self.gate.memory.least - best) / PER_COSINE, EQUAL)

    def _odds(self, batch: _Batch, place: int, nearest: list[_Neighbour]) -> float:
        """Log-odds that the nearest neighbour's labels are right; infinite for an equal vector, minus that for none."""
        if not nearest:
            return -math.inf
        first = nearest[0]
        if first.cosine > EQUAL:
            return math.inf
        if self.inner.consolidator.wordless:
            return first.cosine
        cosine, agreement, lead = self.features(batch, place, nearest)
        return INTERCEPT + PER_COSINE * cosine + PER_AGREEMENT * agreement + PER_LEAD * lead

    def features(
        self, batch: _Batch, place: int, nearest: Sequence[_Neighbour]
    ) -> tuple[float, float, float]:
        """What the estimate is made from: cosine to the nearest, agreement of the next four, lead of its label."""
        first, next_four, agreement = nearest[0], nearest[1:SPEAKING], 0.0
        if next_four:
            weights = np.array([one.cosine - FLOOR for one in next_four])
            alike = cosines(first.said[None], np.stack([one.said for one in next_four]))[0]
            agreement = float(weights @ (alike - FULL_AGREEMENT) / (weights.sum() + SMOOTHING))
        return first.cosine, agreement, self._lead(batch, place, first)

    def _lead(self, batch: _Batch, place: int, first: _Neighbour) -> float:
        """By how much the text is nearer to the centre of the label of `first` than to any other; below 0 if it is not.

        A wording that is newer than the centres stands where its text does.
        """
        if self._centres is None or self._index is None or batch.nearness is None:
            return 0.0
        near = batch.nearness[place]
        if first.sign in self._centres.place:
            label = self._centres.place[first.sign]
            own, others = near[label], np.delete(near, label)
        else:
            source = batch.codes[first.place] if first.place >= 0 else self._index.rows[~first.place]
            rows = self._centres.rows(np.stack([batch.codes[place], source]))
            own, others = cosines(rows[:1], rows[1:])[0, 0], near
        return float(np.clip(own - others.max(initial=0.0), -LARGEST_LEAD, LARGEST_LEAD))

    def _accept(self, batch: _Batch) -> list[Decision | None]:
        """Turn answers into labels in the order of the stream, keep them, and remember the asked texts."""
        decisions: list[Decision | None] = [UNASKED] * len(batch.codes)
        given: dict[int, tuple[SurfaceId, ...]] = {}  # by place in the batch
        consolidator = self.inner.consolidator
        theirs = consolidator.decided_since(batch.newest)

        def surfaces(thought: _Thought) -> tuple[SurfaceId, ...]:
            own = given[thought.source] if thought.source >= 0 else thought.surfaces
            return tuple(map(consolidator.awake, own))

        def guess(thought: _Thought | None) -> Guess | None:
            if thought is None or math.isinf(thought.odds) or consolidator.wordless:
                return None
            return Guess(surfaces(thought)[0], thought.odds, thought.audited, thought.student)

        asked = []
        for place in range(min(batch.unasked, len(batch.codes))):
            if (known := theirs.get(batch.keys[place])) is not None:  # another process was first
                decisions[place] = self.inner.exact.decide([batch.texts[place]])[0]
                given[place] = known
                continue
            if (thought := batch.recalled.get(place)) is not None:
                odds, by = min(thought.odds, CERTAIN), "student" if thought.student else self.name
                chance = 1.0 if consolidator.wordless else self.gate.of(student=thought.student).chance(odds)
                made = tuple(
                    Verdict(consolidator.label_of(one), chance, by, one) for one in surfaces(thought)
                )
                decisions[place] = Decision(made, guess=guess(thought))
                consolidator.follow(batch.codes[place])
            else:
                decision = self.inner.accept(batch.replies[place], batch.codes[place])
                decisions[place] = replace(decision, guess=guess(batch.guesses.get(place)))
                if decision.error is not None:
                    continue
                asked.append(place)
                given[place] = tuple(one.surface for one in decision.verdicts if one.surface is not None)
        consolidator.keep(zip(batch.texts, decisions, strict=True))
        self._note(self.gate, since=self._newest)
        self._newest = consolidator.newest
        if asked:
            said = np.stack([batch.said[place] for place in asked])
            self._texts += [batch.texts[place] for place in asked]
            self._remember([given[place] for place in asked], batch.codes[asked], said)
        return decisions

    # -- the memory

    def _near(self, codes: Codes) -> list[list[_Neighbour]]:
        if self._index is None:
            return [[] for _ in codes]
        found = self._index.nearest(codes, most=NEIGHBOURS, at_least=FLOOR)
        said = self._all_said.rows
        return [
            [
                _Neighbour(float(c), ~int(row), said[row], self._signs[row])
                for row, c in zip(rows, near, strict=True)
            ]
            for rows, near in found
        ]

    def _said(self, words: Sequence[Sequence[str]]) -> Codes:
        """The mean direction (n, d) of the wordings of each answer; zeros without words."""
        vectors = self.inner.consolidator.vectors
        if self.inner.consolidator.wordless or not any(words):
            return np.zeros((len(words), 1), dtype=np.int8)
        flat = vectors.codes([readable(wording_key(word)) for answer in words for word in answer])
        means = np.zeros((len(words), flat.shape[1]))
        owners = [number for number, answer in enumerate(words) for _ in answer]
        np.add.at(means, owners, flat / np.linalg.norm(flat.astype(np.float64), axis=1, keepdims=True))
        return quantise(means.astype(np.float32))

    def _remember(self, surfaces: list[tuple[SurfaceId, ...]], codes: Codes, said: Codes) -> None:
        self._surfaces += surfaces
        self._signs += [self.inner.consolidator.sign(own[0]) for own in surfaces]
        if self._index is None:
            self._index = ExactIndex(codes)
            self._all_said = GrowingArray(said)
        else:
            self._index.add(codes)
            self._all_said.add(said)


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """An asked text near another: its place in the batch or ~row of the memory, its wording's vector and its sign."""

    cosine: float
    place: int
    said: Codes
    sign: LabelId | str


@dataclass(frozen=True, slots=True)
class _Thought:
    """What memory thinks of a text: the place whose labels it would give, and the log-odds of that.

    `surfaces`: what that place has, where it is not one of the batch. `student`: a student thinks it.
    """

    source: int
    surfaces: tuple[SurfaceId, ...]
    odds: float
    audited: bool = False
    student: bool = False


class _Batch:
    """What is known of each text of one batch, by place; `newest` is the newest text that memory knew then."""

    def __init__(self, texts: Sequence[str], codes: Codes, near: list[list[_Neighbour]], newest: int) -> None:
        self.texts = texts
        self.codes = codes
        self.newest = newest
        self.keys = [content_key(text) for text in texts]
        self.audited = [is_audited(key) for key in self.keys]
        self.within = cosines(codes, codes)  # (n, n)
        self.nearness: NDArray[np.float64] | None = (
            None  # (n, labels): to the centre of each label, once there are any
        )
        self.unasked = len(codes)  # the first text that the budget left unasked
        self.replies: dict[int, Reply] = {}
        self.said: dict[int, Codes] = {}
        self.signs: dict[int, LabelId | str] = {}
        self.recalled: dict[int, _Thought] = {}
        self.guesses: dict[int, _Thought] = {}  # of asked texts
        self.by_student: dict[int, Said] = {}
        self._near = near
        self._earlier = [np.flatnonzero(row[:place] >= FLOOR) for place, row in enumerate(self.within)]

    def neighbours(self, place: int) -> tuple[list[_Neighbour], list[int]]:
        """The nearest asked texts before `place`, best first, and earlier places nearby that are not decided yet."""
        near = list(self._near[place])
        undecided = []
        for other in self._earlier[place].tolist():
            if other in self.said:
                near.append(
                    _Neighbour(float(self.within[place, other]), other, self.said[other], self.signs[other])
                )
            elif other not in self.recalled and other not in self.replies:
                undecided.append(other)
        near.sort(key=lambda neighbour: -neighbour.cosine)  # stable: ties go to the earlier text
        return near[:NEIGHBOURS], undecided

    def answer(self, place: int, reply: Reply, said: Codes, sign: LabelId | str) -> None:
        """Note the model's answer for a text."""
        self.replies[place] = reply
        if reply.unasked:
            self.unasked = min(self.unasked, place)
        elif reply.error is None:
            self.said[place], self.signs[place] = said, sign
