"""Let a model judge which doubtful wordings are one label: few questions, off the path of the texts. Knows no labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from linnaeus.consolidate import Consolidator
from linnaeus.consolidate.judging import unjudged
from linnaeus.types import Judge, Model, Reply, SurfaceId, Usage

TEXTS_A_CALL = 10  # texts in the project for each judging call
ROUNDS = 2  # what is in doubt changes with what was judged
EXAMPLES = 2
AT_ONCE = 16  # questions before another look at what other processes have asked


class Arbiter:
    """Asks a model about groups of wordings that `Consolidator.questions` names. `usage` adds up what it cost."""

    def __init__(self, model: Model, consolidator: Consolidator) -> None:
        self.model = model
        self.consolidator = consolidator
        self.usage = Usage(Judge.task)
        self.on_reply: Callable[[Reply], None] | None = None

    def judge(self) -> int:
        """Spend what the number of texts allows on the questions that matter most; return how many calls it took.

        Where no text has come in since all was asked, nobody is asked again. What several processes ask adds up.
        """
        before, store = self.usage.calls, self.consolidator.store
        evidence = f"{store.newest_text()} {self.consolidator.granularity}"
        if self.consolidator.wordless or store.meta("judged_at") == evidence:
            return 0
        finished = True
        for left in range(ROUNDS, 0, -1):
            share = self._allowed() // left
            asked = self.consolidator.questions(share) if share > 0 else []
            finished = self._ask(asked)
            if not asked or not finished:
                break
        if finished:
            with store.writing():
                store.set_meta("judged_at", evidence)
        return self.usage.calls - before

    def _allowed(self) -> int:
        """How many calls are left for the texts of the project, whoever made the others."""
        store = self.consolidator.store
        return store.count_texts() // TEXTS_A_CALL - int(store.meta("judged") or 0)

    def _ask(self, questions: Sequence[Sequence[SurfaceId]]) -> bool:
        """Ask, a few at a time, what nobody else has asked meanwhile; False if the budget ended."""
        for start in range(0, len(questions), AT_ONCE):
            some = unjudged(self.consolidator.store, questions[start : start + AT_ONCE])
            some = some[: max(0, self._allowed())]
            if some and not self._ask_at_once(some):
                return False
        return True

    def _ask_at_once(self, questions: Sequence[Sequence[SurfaceId]]) -> bool:
        """Ask, and keep each verdict as it arrives, with what it cost; False if the budget ended."""
        told = self.consolidator.told(questions, examples=EXAMPLES)
        tasks = [
            Judge(tuple(words for words, _ in one), tuple(examples for _, examples in one)) for one in told
        ]
        store = self.consolidator.store
        for position, reply in self.model.answer(tasks):
            self.usage = self.usage.plus(reply)
            if self.on_reply is not None:
                self.on_reply(reply)
            if reply.unasked:
                return False
            with store.writing():
                store.set_meta("judged", str(int(store.meta("judged") or 0) + reply.calls))
                if reply.error is None:
                    self.consolidator.hear(questions[position], reply.verdicts)
        return True
