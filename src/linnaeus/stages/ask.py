"""Ask a model for labels, and write every answer down as it arrives. Knows nothing of neighbours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from linnaeus.consolidate import Consolidator, label_fault, wording_key
from linnaeus.stages.exact import Exact
from linnaeus.store import content_key
from linnaeus.types import Codes, Decision, Model, Propose, Reply, Usage, Verdict

TO_DISK_EVERY_S = 0.1  # at most so many seconds of paid answers can be lost to a power cut; none to a SIGKILL


class Ask:
    """The expensive stage: one task for each text, unless its answer is on file. `usage` adds up what it cost."""

    name = "ask"

    def __init__(
        self,
        model: Model,
        consolidator: Consolidator,
        *,
        max_labels: int = 1,
        on_reply: Callable[[Reply], None] | None = None,
    ) -> None:
        """Ask `model` for up to `max_labels` a text; `on_reply` hears of each answer as it arrives."""
        self.model = model
        self.consolidator = consolidator
        self.usage = Usage("propose")
        self.max_labels = max_labels
        self.on_reply = on_reply
        self.exact = Exact(consolidator.store)
        self.seconds = 0.0  # spent waiting for the model

    def decide(self, texts: Sequence[str], /) -> list[Decision | None]:
        """Return a decision for every text, in order, and keep it; unasked from the first on that the budget did not reach.

        The model is asked while other processes may write; what it said is taken up while none does.
        """
        with self.consolidator.looking():
            newest = self.consolidator.newest
        replies = self.propose(texts)
        codes = self.consolidator.vectors.codes(texts)
        decisions: list[Decision | None] = []
        with self.consolidator.all_or_nothing():
            theirs = self.consolidator.decided_since(newest)
            for text, reply, code in zip(texts, replies, codes, strict=True):
                if reply.unasked:
                    break
                known = content_key(text) in theirs
                decisions += self.exact.decide([text]) if known else [self.accept(reply, code)]
                self.consolidator.regroup_if_due()
            self.consolidator.keep(zip(texts, decisions, strict=False))
        return decisions + [Decision(error=reply.error, unasked=True) for reply in replies[len(decisions) :]]

    def propose(self, texts: Sequence[str]) -> list[Reply]:
        """The model's answer for each text, in its own words; new ones are journalled."""
        store, task = self.consolidator.store, f"propose {self.max_labels}"
        keys = [content_key(text) for text in texts]
        known = store.answered(self.model.name, task, keys)
        todo = [place for place, key in enumerate(keys) if key not in known]
        replies = [known.get(key, Reply(error="the model gave no answer")) for key in keys]
        began = time.perf_counter()
        for place, reply in self._answers(
            [texts[place] for place in todo], [keys[place] for place in todo], task
        ):
            replies[todo[place]] = reply
        self.seconds += time.perf_counter() - began
        if not self.consolidator.wordless:
            self.consolidator.expect(word for reply in replies for word in reply.labels)
        return replies

    def _answers(self, texts: Sequence[str], keys: Sequence[bytes], task: str) -> Iterator[tuple[int, Reply]]:
        """The model's replies as they arrive, counted and journalled."""
        store = self.consolidator.store
        on_disk = time.monotonic()
        for position, given in self.model.answer([Propose(text, self.max_labels) for text in texts]):
            reply = _checked(given, self.max_labels)
            self.usage = self.usage.plus(reply)
            if reply.error is None and not self.consolidator.wordless:
                due = time.monotonic() - on_disk > TO_DISK_EVERY_S
                store.journal(self.model.name, task, [(keys[position], reply)], to_disk=due)
                on_disk = time.monotonic() if due else on_disk
            if self.on_reply is not None:
                self.on_reply(reply)
            yield position, reply

    def accept(self, reply: Reply, code: Codes) -> Decision:
        """Turn a reply for the text with the vector `code` (d,) into verdicts. Call in the order of the stream."""
        if reply.error is not None:
            return Decision(error=reply.error, unasked=reply.unasked)
        surfaces = self.consolidator.resolve(reply.labels, code)
        return Decision(tuple(Verdict(self.consolidator.label_of(s), 1.0, self.name, s) for s in surfaces))


def _checked(reply: Reply, most: int) -> Reply:
    """Hold any model, recorded or plugged in, to the label rules; spellings of one wording count once."""
    if reply.error is not None:
        return reply
    fault = next((fault for label in reply.labels if (fault := label_fault(label))), None)
    if fault is not None or not reply.labels:
        return reply.failed(f"the model gave {fault or 'no label'}")
    labels = {wording_key(label): label for label in reversed(reply.labels)}
    once = replace(reply, labels=tuple(labels[key] for key in reversed(labels)))
    return once if len(labels) <= most else reply.failed(f"the model gave over {most} labels")
