"""The front door: texts in, labels out, everything kept. Knows nothing of files or command lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from types import TracebackType

from linnaeus.cascade import Cascade
from linnaeus.consolidate import Consolidator, wording_key
from linnaeus.embed import DEFAULT, LaterEmbedder, open_embedder
from linnaeus.errors import BudgetReached, InputError, UsageError
from linnaeus.llm import Limits, Recorder, open_model
from linnaeus.settings import MAX_ERROR
from linnaeus.stages import Ask, Exact, Recall, WithoutModel, least_chance
from linnaeus.store import MEMORY, CachedVectors, DecidedText, Named, Store, content_key
from linnaeus.types import Answer, Decision, Embedder, LabelId, Model, Reply, Stage, Usage

BATCH = 512  # texts embedded, looked up and committed together
EMPTY = "the text is empty"
_BLANKS = re.compile(r"\s+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Classifier:
    """A stage with a store: what it decides is kept, and what is kept is not decided again."""

    def __init__(self, stage: Stage, store: Store) -> None:
        """Label with `stage` (often a Cascade) and keep everything in `store`."""
        self.stage = stage
        self.store = store
        parts = stage.stages if isinstance(stage, Cascade) else (stage,)
        self._recall = next((part for part in parts if isinstance(part, Recall)), None)
        wrapped = None if self._recall is None else self._recall.inner
        self._ask: Ask | None = next((part for part in parts if isinstance(part, Ask)), wrapped)

    @classmethod
    def open(
        cls,
        project: str = MEMORY,
        *,
        llm: str | Model = "none",
        embedder: str | Embedder = DEFAULT,
        max_labels: int = 1,
        max_error: float = MAX_ERROR,
        limits: Limits | None = None,
        record: str | None = None,
    ) -> Classifier:
        """Open or make a project file and set up the open flow: exact repeats, near ones that agree, then the model.

        `llm` and `embedder` are specs as on the command line (or a Model and an Embedder of your own); `max_error` is
        the share of answers from memory that may differ from what the model would say, as estimated (see `Recall`);
        `record` is a file that keeps the model's answers in replay form. A project keeps the embedder, the number of
        labels and whether it has a model.
        """
        if max_labels < 1:
            raise UsageError(f"max_labels is {max_labels}", hint="at least 1")
        at_least = least_chance(max_error)
        made = open_embedder(embedder) if isinstance(embedder, str) else embedder
        model = open_flow_model(llm, limits or Limits(), record)
        wordless = isinstance(model, WithoutModel)
        store = Store(project)
        try:
            store.set_meta("embedder_spec", embedder if isinstance(embedder, str) else "")
            _check_kept(
                store,
                {
                    "embedder": made.name,
                    "model": "none" if wordless else "any",
                    "max_labels": str(max_labels),
                },
            )
            consolidator = Consolidator(store, CachedVectors(made, store), wordless=wordless)
            ask = Ask(model, consolidator, max_labels=max_labels)
            return cls(Cascade([Exact(store), Recall(ask, at_least=at_least)]), store)
        except BaseException:
            store.close()
            raise

    @classmethod
    def reopen(cls, project: str) -> Classifier:
        """Open a project that exists, as it was made, to correct its labels; there is no model to ask."""
        store = Store(project, create=False)
        try:
            kept = LaterEmbedder(store.meta("embedder") or "", store.meta("embedder_spec") or DEFAULT)
            consolidator = Consolidator(
                store, CachedVectors(kept, store), wordless=store.meta("model") == "none"
            )
            return cls(Ask(WithoutModel(), consolidator), store)
        except BaseException:
            store.close()
            raise

    # -- texts in, labels out

    def label(self, texts: Sequence[str]) -> list[Answer]:
        """Label texts, in order, keeping what is decided; each gets the label it has at that point of the stream.

        A text that cannot be labelled is an Answer with `error`. Raises BudgetReached when the budget ends first: all
        finished work is kept, and the same call goes on.
        """
        clean = [clean_text(text) for text in _refuse_str(texts)]
        answers = {"": _failed("", EMPTY)}
        wanted = [text for text in dict.fromkeys(clean) if text]
        for start in range(0, len(wanted), BATCH):
            answers.update(self._label_batch(wanted[start : start + BATCH]))
        return _with_repeats(clean, answers)

    def predict(self, texts: Sequence[str]) -> list[str | None]:
        """Return the name of the best label of each text, or None."""
        return [answer.label for answer in self.label(texts)]

    def fit(self, texts: Sequence[str], labels: Sequence[str | Sequence[str]]) -> Classifier:
        """Learn texts that a person labelled: they answer like texts, and their labels are never merged by machine."""
        if len(_refuse_str(texts)) != len(labels):
            raise InputError(
                f"{len(texts)} texts but {len(labels)} labels", hint="one label, or list of labels, a text"
            )
        given = {
            clean_text(text): (label,) if isinstance(label, str) else tuple(label)
            for text, label in zip(texts, labels, strict=True)
        }
        given.pop("", None)
        consolidator = self.consolidator
        codes = consolidator.vectors.codes(list(given))
        consolidator.expect(word for words in given.values() for word in words)
        rows = []
        for (text, words), code in zip(given.items(), codes, strict=True):
            if not words or not all(map(wording_key, words)):
                raise InputError(f"{text[:60]!r} has a label without letters or digits")
            surfaces = consolidator.resolve(words, code, pinned=True)
            rows.append(DecidedText(content_key(text), text, "human", 1.0, tuple(surfaces)))
        self.store.replace_texts(rows)
        self.store.set_meta("tidied_at", "")
        self.store.commit()
        self._reload()
        return self

    def today(self, texts: Sequence[str]) -> list[Answer | None]:
        """What each text is labelled today, in order; None for one that was never decided."""
        clean = [clean_text(text) for text in _refuse_str(texts)]
        known = self.store.decided([content_key(text) for text in clean])
        named = self.store.named(list(known.values()))
        rows = [(text, known.get(content_key(text))) for text in clean]
        return [None if row is None else _answer(text, named[row]) for text, row in rows]

    def tidy(self) -> int:
        """Group and name all labels anew from the evidence; return how many wordings changed their label."""
        return self.consolidator.tidy()

    def known(self, texts: Sequence[str], *, newest: int) -> int:
        """How many of `texts` were decided when `newest` was the store's newest text."""
        keys = [content_key(clean_text(text)) for text in texts]
        decided = self.store.decided(keys)
        return sum(decided.get(key, newest + 1) <= newest for key in keys)

    def remember_ids(self, items: Iterable[tuple[str, str]]) -> None:
        """Remember under which ids a file named texts, (id, text), for `export`; texts without a decision are left out."""
        pairs = [(id, content_key(clean_text(text))) for id, text in items]
        decided = self.store.decided([key for _, key in pairs])
        self.store.add_items((id, decided[key]) for id, key in pairs if key in decided)
        self.store.commit()

    def export(self) -> Iterator[tuple[str | None, Answer]]:
        """(id in its file or None, answer under today's label) for every text, oldest first."""
        rows = self.store.export_rows()
        while batch := list(islice(rows, BATCH)):
            named = self.store.named([text_id for _, text_id, _ in batch])
            for item, text_id, text in batch:
                yield item, _answer(text, named[text_id])

    # -- what a run cost

    @property
    def usage(self) -> Usage:
        """What this classifier asked of the model since it was opened."""
        return self._ask.usage if self._ask else Usage("propose")

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds spent on embedding and on waiting for the model since this classifier was opened."""
        if self._ask is None:
            return {"embed": 0.0, "model": 0.0}
        return {"embed": self._ask.consolidator.vectors.seconds, "model": self._ask.seconds}

    @property
    def label_count(self) -> int:
        """How many labels there are now."""
        return self._ask.consolidator.label_count if self._ask else 0

    @property
    def surface_count(self) -> int:
        """How many different wordings there are."""
        return self._ask.consolidator.surface_count if self._ask else 0

    @property
    def without_model(self) -> bool:
        """Whether texts are grouped without a language model."""
        return self._ask is None or self._ask.consolidator.wordless

    def on_reply(self, hear: Callable[[Reply], None]) -> None:
        """Let `hear` know of each answer of the model as it arrives."""
        if self._ask is not None:
            self._ask.on_reply = hear

    @property
    def model(self) -> Model | None:
        """The model that is asked, if any."""
        return self._ask.model if self._ask else None

    def close(self) -> None:
        """Let go of the project file."""
        self.store.close()

    def __enter__(self) -> Classifier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- plumbing

    def _label_batch(self, texts: Sequence[str]) -> dict[str, Answer]:
        try:
            decisions = self.stage.decide(texts)
            stop = next(
                (n for n, decision in enumerate(decisions) if decision and decision.unasked), len(texts)
            )
            finished = dict(zip(texts[:stop], decisions[:stop], strict=True))
            self.store.add_texts(self._new_rows(finished))
            self.store.commit()
        except BaseException:
            self.store.rollback()
            self._reload()
            raise
        if stop < len(texts):
            raise BudgetReached(
                "the budget ended", hint="the same call goes on with a larger one; nothing is lost"
            )
        return _answers(finished, self.store)

    def _new_rows(self, finished: dict[str, Decision | None]) -> Iterator[DecidedText]:
        for text, decision in finished.items():
            if decision is None or not decision.verdicts or decision.verdicts[0].by == Exact.name:
                continue
            surfaces = tuple(
                dict.fromkeys(v.surface or self.store.surface_of(v.label) for v in decision.verdicts)
            )
            best = decision.verdicts[0]
            yield DecidedText(content_key(text), text, best.by, best.score, surfaces)

    def _reload(self) -> None:
        if self._ask is not None:
            self._ask.consolidator.reload()
        if self._recall is not None:
            self._recall.reload()

    @property
    def consolidator(self) -> Consolidator:
        """What keeps the labels."""
        if self._ask is None:
            raise UsageError("this classifier has no Ask stage, so it has no labels of its own to change")
        return self._ask.consolidator


def label(
    texts: Sequence[str],
    *,
    llm: str | Model = "none",
    embedder: str | Embedder = DEFAULT,
    max_labels: int = 1,
    max_error: float = MAX_ERROR,
    limits: Limits | None = None,
) -> list[Answer]:
    """Label texts, in order, under the labels that all of them together give; nothing is kept.

    Where the budget ends first, the rest are answers with that as `error`.

        [answer.label for answer in linnaeus.label(["lost my card", "where is my card?"], llm="openai:gpt-5-mini")]
    """
    with Classifier.open(
        llm=llm, embedder=embedder, max_labels=max_labels, max_error=max_error, limits=limits
    ) as made:
        errors: dict[str, Answer] = {}
        for start in range(0, len(_refuse_str(texts)), BATCH):
            part = texts[start : start + BATCH]
            try:
                errors.update((answer.text, answer) for answer in made.label(part) if answer.error)
            except BudgetReached as error:
                errors.update(
                    (clean_text(text), _failed(clean_text(text), str(error))) for text in texts[start:]
                )
                break
        made.tidy()
        return [
            answer or errors[clean_text(text)] for text, answer in zip(texts, made.today(texts), strict=True)
        ]


def open_flow_model(llm: str | Model, limits: Limits, record: str | None) -> Model:
    """The model of the open flow, recorded if wanted; WithoutModel for "none"."""
    if llm == "none":
        return WithoutModel()
    model = open_model(llm, limits) if isinstance(llm, str) else llm
    return Recorder(model, record) if record else model


def clean_text(text: str) -> str:
    """The form in which texts are compared and kept: NFC, one blank for any run of white space, no NUL, no surrogates."""
    storable = _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", storable)).strip()


def _with_repeats(texts: Sequence[str], answers: dict[str, Answer]) -> list[Answer]:
    """The answer of each text; a repeat within the call is by `exact`, as it would be in a later one."""
    seen: set[str] = set()
    found = []
    for text in texts:
        answer = answers[text]
        found.append(replace(answer, by=Exact.name) if text in seen and answer.error is None else answer)
        seen.add(text)
    return found


def _refuse_str(texts: Sequence[str]) -> Sequence[str]:
    if isinstance(texts, str):
        raise UsageError("texts is one str", hint="give a list of texts: [text]")
    return texts


def _check_kept(store: Store, wanted: dict[str, str]) -> None:
    """Refuse to mix answers of another embedder, of no model, or of another number of labels in one project."""
    for key, value in wanted.items():
        kept = store.meta(key)
        if kept is None:
            store.set_meta(key, value)
        elif kept != value:
            raise UsageError(
                f"{store.path} was made with {key}={kept}, not {value}",
                hint="choose another --project, or the same setting",
            )
    store.commit()


def _answers(decisions: dict[str, Decision | None], store: Store) -> dict[str, Answer]:
    verdicts = [verdict for decision in decisions.values() if decision for verdict in decision.verdicts]
    names = store.names_of({verdict.label for verdict in verdicts})
    return {text: _decided(text, decision or Decision(), names) for text, decision in decisions.items()}


def _decided(text: str, decision: Decision, names: dict[LabelId, str]) -> Answer:
    if decision.error is not None:
        return _failed(text, decision.error)
    labels = tuple(dict.fromkeys(verdict.label for verdict in decision.verdicts))
    first = decision.verdicts[0] if decision.verdicts else None
    return Answer(
        text,
        tuple(names[label] for label in labels),
        labels,
        first.score if first else 0.0,
        first.by if first else "ask",
    )


def _failed(text: str, why: str) -> Answer:
    return Answer(text, (), (), 0.0, "error", why)


def _answer(text: str, named: Named) -> Answer:
    return Answer(text, named.names, named.label_ids, named.score, named.by)
