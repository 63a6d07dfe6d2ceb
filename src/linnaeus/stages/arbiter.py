"""Let a model judge which doubtful wordings are one label: few questions, off the path of the texts. Knows no labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from linnaeus.consolidate import Consolidator
from linnaeus.types import Judge, Model, Reply, SurfaceId, Usage

TEXTS_A_CALL = 10  # texts in the project for each judging call
ROUNDS = 2  # what is in doubt changes with what was judged
EXAMPLES = 2


class Arbiter:
    """Asks a model about groups of wordings that `Consolidator.questions` names. `usage` adds up what it cost."""

    def __init__(self, model: Model, consolidator: Consolidator) -> None:
        self.model = model
        self.consolidator = consolidator
        self.usage = Usage(Judge.task)
        self.on_reply: Callable[[Reply], None] | None = None

    def judge(self) -> int:
        """Spend what the number of texts allows on the questions that matter most; return how many calls it took."""
        before = self.usage.calls
        store = self.consolidator.store
        if self.consolidator.wordless:
            return 0
        allowed = store.count_texts() // TEXTS_A_CALL - int(store.meta("judged") or 0)
        for left in range(ROUNDS, 0, -1):
            share = (allowed - (self.usage.calls - before)) // left
            asked = self.consolidator.questions(share) if share > 0 else []
            if not asked or not self._ask(asked):
                break
        if self.usage.calls > before:
            with store.writing():
                store.set_meta("judged", str(int(store.meta("judged") or 0) + self.usage.calls - before))
        return self.usage.calls - before

    def _ask(self, questions: Sequence[Sequence[SurfaceId]]) -> bool:
        """Ask, and keep each verdict as it arrives; False if the budget ended."""
        told = self.consolidator.told(questions, examples=EXAMPLES)
        tasks = [
            Judge(tuple(words for words, _ in one), tuple(examples for _, examples in one)) for one in told
        ]
        for position, reply in self.model.answer(tasks):
            self.usage = self.usage.plus(reply)
            if self.on_reply is not None:
                self.on_reply(reply)
            if reply.unasked:
                return False
            if reply.error is None:
                self.consolidator.hear(questions[position], reply.verdicts)
        return True
