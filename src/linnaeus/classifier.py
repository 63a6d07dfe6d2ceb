"""The front door: texts in, labels out, everything kept. Knows nothing of files or command lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Literal

from linnaeus.answers import EMPTY, clean_texts, failed, in_order, named
from linnaeus.cascade import Cascade
from linnaeus.closed.project import Change, finds_labels, import_taxonomy
from linnaeus.closed.shortlists import Reason
from linnaeus.closed.teaching import Examples, Lesson
from linnaeus.closed_flow import Again, ClosedFlow
from linnaeus.consolidate import Consolidator, label_fault
from linnaeus.consolidate.granularity import Granularity, checked_granularity
from linnaeus.discover.grow import NewLabel
from linnaeus.embed import DEFAULT, LaterEmbedder, open_embedder
from linnaeus.errors import BudgetReached, InputError, UsageError
from linnaeus.llm import Limits, Recorder, open_model
from linnaeus.open_flow import OpenFlow
from linnaeus.settings import MAX_ERROR
from linnaeus.stages import Ask, Exact, Gated, Recall, WithoutModel, checked_error
from linnaeus.stages.on_file import Step, steps_on_file
from linnaeus.store import MEMORY, CachedVectors, Item, Store, content_key
from linnaeus.taxonomy import Taxonomy, read_taxonomy
from linnaeus.texts import clean_text
from linnaeus.types import Answer, Embedder, Model, Reply, Stage, Usage, sum_of

NO_TAXONOMY = "`linnaeus taxonomy import FILE` puts one into a new project"
BATCH = 512  # texts embedded, looked up and committed together


class Classifier:
    """A stage with a store: what it decides is kept, and what is kept is not decided again."""

    def __init__(self, stage: Stage, store: Store) -> None:
        """Label with `stage` (often a Cascade) and keep everything in `store`."""
        self.stage = stage
        self.store = store
        self._flow = stage if isinstance(stage, ClosedFlow) else OpenFlow(stage, store)

    @classmethod
    def open(  # noqa: PLR0913  (all that a project may be told)
        cls,
        project: str = MEMORY,
        *,
        llm: str | Model = "none",
        embedder: str | Embedder = DEFAULT,
        max_labels: int = 1,
        max_error: float | Literal["auto"] = MAX_ERROR,
        granularity: Granularity | None = None,
        taxonomy: str | None = None,
        top: int | None = None,
        limits: Limits | None = None,
        record: str | None = None,
    ) -> Classifier:
        """Open or make a project file and set up the open flow: exact repeats, near ones that agree, then the model.

        With a `taxonomy`, a file, or in a project that holds one, texts get labels of it, any number of them or the `top`
        likeliest: exact repeats, then what examples and names say. A newer file changes the project's taxonomy; `top` holds
        for new texts from then on, until it is 0: any number again.

        `llm` and `embedder` are specs as on the command line (or a Model and an Embedder of your own); `max_error` is
        the share of answers from memory that may differ from what the model would say, as estimated (see `Recall`);
        `granularity`, "coarse", "normal", "fine" or a number of labels, holds from the next `tidy` on (None: as it was);
        `record` is a file that keeps the model's answers in replay form. A project keeps the embedder, the number of
        labels and whether it has a model.
        """
        if max_labels < 1:
            raise UsageError(f"max_labels is {max_labels}", hint="at least 1")
        promised = checked_error(MAX_ERROR if max_error == "auto" else max_error)
        if granularity is not None:
            checked_granularity(granularity)
        made = open_embedder(embedder) if isinstance(embedder, str) else embedder
        model = open_flow_model(llm, limits or Limits(), record)
        wordless = isinstance(model, WithoutModel)
        newer = None if taxonomy is None else read_taxonomy(taxonomy)
        store = Store(project)
        try:
            if newer is not None and finds_labels(store):
                raise UsageError(
                    f"the labels of {project} were found without a taxonomy",
                    hint="choose another --project, or see `linnaeus labels map`",
                )
            if newer is not None or (store.has_taxonomy() and not finds_labels(store)):
                if max_labels != 1 or granularity is not None:
                    raise UsageError(
                        "--max-labels and --granularity are for labels that are found",
                        hint="with a taxonomy --top N gives the N likeliest of each text",
                    )
                return cls._with_taxonomy(store, newer, made, model, top, promised)
            if top is not None:
                raise UsageError(
                    "--top is for labels of a taxonomy", hint="--max-labels N gives up to N found ones"
                )
            with store.writing():
                store.keep("max_labels", str(max_labels))
                consolidator = Consolidator(store, CachedVectors(made, store), wordless=wordless)
                if granularity is not None:
                    consolidator.granularity = granularity
                store.set_meta("embedder_spec", embedder if isinstance(embedder, str) else "")
            ask = Ask(model, consolidator, max_labels=max_labels)
            return cls(
                Cascade([Exact(store), Recall(ask, max_error=promised)]),
                store,
            )
        except BaseException:
            store.close()
            raise

    @classmethod
    def open_given(
        cls, project: str, *, taxonomy: str | None = None, embedder: str | Embedder = DEFAULT
    ) -> Classifier:
        """Open a project that holds a taxonomy, to teach it or to ask it why; one that is made needs `taxonomy`, a file.

        Raises UsageError where the project holds none.
        """
        if taxonomy is None:
            with Store(project, create=False) as store:
                if not store.has_taxonomy():
                    raise UsageError(f"{project} holds no taxonomy", hint=NO_TAXONOMY)
        opened = cls.open(project, taxonomy=taxonomy, embedder=embedder)
        if not opened.with_taxonomy:
            opened.close()
            raise UsageError(f"the labels of {project} were found without a taxonomy", hint=NO_TAXONOMY)
        return opened

    @classmethod
    def _with_taxonomy(
        cls,
        store: Store,
        newer: Taxonomy | None,
        embedder: Embedder,
        model: Model,
        top: int | None,
        max_error: float,
    ) -> Classifier:
        """Set up the closed flow in a project that holds a taxonomy, or is given a `newer` one."""
        older = store.has_taxonomy()
        change = Change() if newer is None else import_taxonomy(store, newer)
        if top is not None:
            with store.writing():
                store.set_meta("top", str(top))
        store.keep("embedder", embedder.name)
        flow = ClosedFlow(
            store,
            CachedVectors(embedder, store),
            model,
            top=int(store.meta("top") or 0) or None,
            max_error=max_error,
        )
        if older:
            flow.changed = change
        return cls(flow, store)

    @classmethod
    def reopen(cls, project: str) -> Classifier:
        """Open a project that exists, as it was made, to correct its labels; there is no model to ask."""
        store = Store(project, create=False)
        try:
            if store.has_taxonomy() and not finds_labels(store):
                raise UsageError(
                    f"the labels of {project} are those of a taxonomy",
                    hint="change its file, then `linnaeus taxonomy import FILE`",
                )
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
        clean = clean_texts(texts)
        answers = {"": failed("", EMPTY)}
        wanted = [text for text in dict.fromkeys(clean) if text]
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            answers.update(self._label_batch(batch))
            if any(text not in answers for text in batch):
                raise BudgetReached(
                    "the budget ended",
                    hint="what is finished is kept; the same call goes on with a new one",
                    answers=in_order(clean, answers),
                )
        return [answer for answer in in_order(clean, answers) if answer is not None]

    def predict(self, texts: Sequence[str]) -> list[str | None]:
        """Return the name of the best label of each text, or None."""
        return [answer.label for answer in self.label(texts)]

    def fit(self, texts: Sequence[str], labels: Sequence[str | Sequence[str]]) -> Classifier:
        """Learn texts that a person labelled: they answer like texts, and their labels are never merged by machine."""
        clean = clean_texts(texts)
        if isinstance(labels, str) or len(clean) != len(labels):
            raise InputError(
                f"{len(clean)} texts but {len(labels)} labels", hint="a label, or a list of them, a text"
            )
        given = {
            text: (label,) if isinstance(label, str) else tuple(label)
            for text, label in zip(clean, labels, strict=True)
            if text
        }
        for text, words in given.items():
            fault = next((fault for word in words if (fault := label_fault(word))), None)
            if fault is not None or not words:
                raise InputError(f"{text[:60]!r} has {fault or 'no label'}")
        if isinstance(self._flow, ClosedFlow):
            self.give(list(given), list(given.values()))
            self.learn()
        else:
            self._flow.learn(given)
        return self

    def give(self, texts: Sequence[str], labels: Sequence[Sequence[str]]) -> Examples:
        """Take examples of labels of the taxonomy, by id, path or name; `learn` learns from all of them.

        Returns how many were taken, and the labels that are not in the taxonomy. A text without labels is an example of
        "none of these".
        """
        return self._given.give(clean_texts(texts), labels)

    def learn(self) -> Lesson:
        """Learn from all examples of the project, in place of what was learnt before."""
        return self._given.learn()

    def find_touched(self) -> int:
        """How many texts a change of the taxonomy may touch: the next `tidy` looks at them again, no others."""
        return self._given.find_touched()

    def propose_labels(self, texts: Sequence[str]) -> list[NewLabel]:
        """Labels that might be added for `texts`, which no label fits; nothing is added (see `discover.grow.propose`)."""
        return self._given.propose(clean_texts(texts))

    def add_labels(self, added: Sequence[NewLabel]) -> int:
        """Add labels to the taxonomy of the project; how many texts they may touch."""
        return self._given.add(added)

    def explain(self, text: str, most: int = 5) -> list[Reason]:
        """The likeliest labels of the taxonomy for a text, by their places in it, and what every source says of them."""
        return self._given.shortlist.reasons(clean_text(text), most)

    def asked(self, text: str) -> list[Step]:
        """What models were asked about a text under the taxonomy as it is, and what they said; nobody is asked anew."""
        flow = self._given
        return steps_on_file(clean_text(text), flow.given, flow.shortlist, self.store)

    @property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy whose labels texts get; raises UsageError where there is none."""
        return self._given.given.taxonomy

    @property
    def _given(self) -> ClosedFlow:
        if not isinstance(self._flow, ClosedFlow):
            raise UsageError(
                "this project holds no taxonomy", hint="`linnaeus taxonomy import FILE` puts one in"
            )
        return self._flow

    def today(self, texts: Sequence[str]) -> list[Answer | None]:
        """What each text is labelled today, in order; None for one that was never decided."""
        clean = clean_texts(texts)
        known = self.store.decided([content_key(text) for text in clean])
        kept = self.store.named(list(known.values()))
        rows = [(text, known.get(content_key(text))) for text in clean]
        return [None if row is None else named(text, kept[row]) for text, row in rows]

    def tidy(self) -> int:
        """Group and name all labels anew from the evidence; return how many wordings changed their label.

        Labels of a taxonomy are as they were given; where it has changed, the texts that this may touch are looked at again
        (`looked_again`).
        """
        return self._flow.tidy()

    def remember_ids(
        self, items: Sequence[tuple[str, str]], times: Sequence[str | None] = ()
    ) -> list[int | None]:
        """Remember under which ids a file named texts, (id, text), and when each was written (ISO 8601 in UTC).

        Returns the store's number of each text, in order; None for one without a decision, which is left out.
        """
        keys = [content_key(clean_text(text)) for _, text in items]
        decided = self.store.decided(keys)
        known = [
            Item(id, decided[key], time)
            for (id, _), key, time in zip(items, keys, times or [None] * len(keys), strict=True)
            if key in decided
        ]
        if known:
            self.store.add_items(known)
            self.store.commit()
        return [decided.get(key) for key in keys]

    def export(self) -> Iterator[tuple[str | None, Answer]]:
        """(id in its file or None, answer under today's label) for every text, oldest first."""
        rows = self.store.export_rows()
        while batch := list(islice(rows, BATCH)):
            kept = self.store.named([text_id for _, text_id, _ in batch])
            for item, text_id, text in batch:
                yield item, named(text, kept[text_id])

    # -- what a run cost

    @property
    def usages(self) -> tuple[Usage, ...]:
        """What this classifier asked of the model since it was opened, by task."""
        return self._flow.usages

    @property
    def usage(self) -> Usage:
        """The same over all tasks."""
        return sum_of(self.usages)

    @property
    def gate(self) -> Gated | None:
        """How often what answers for the model errs: memory, or names and examples; None where there is no model."""
        return self._flow.gate

    def trade_off(self, errors: Sequence[float]) -> list[tuple[float, int, float]]:
        """For each promised error: (it, texts that memory would have answered, their error as estimated)."""
        return self._flow.trade_off(errors) if isinstance(self._flow, OpenFlow) else []

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds spent on embedding and on waiting for the model since this classifier was opened."""
        return self._flow.seconds

    @property
    def with_taxonomy(self) -> bool:
        """Whether labels are those of a taxonomy."""
        return isinstance(self._flow, ClosedFlow)

    @property
    def changed(self) -> Change:
        """What a newer taxonomy, given when this was opened, did to labels."""
        return self._flow.changed if isinstance(self._flow, ClosedFlow) else Change()

    @property
    def looked_again(self) -> Again:
        """The texts that the last `tidy` looked at again after a change of the taxonomy."""
        return self._flow.looked_again if isinstance(self._flow, ClosedFlow) else Again()

    @property
    def label_count(self) -> int:
        """How many labels have been found; 0 with a taxonomy."""
        return self.consolidator.label_count if self._finds_labels else 0

    @property
    def surface_count(self) -> int:
        """How many different wordings there are."""
        return self.consolidator.surface_count if self._finds_labels else 0

    @property
    def _finds_labels(self) -> bool:
        return not isinstance(self._flow, ClosedFlow) and self._flow.model is not None

    @property
    def consolidator(self) -> Consolidator:
        """What keeps the labels that are found; raises UsageError where none are."""
        if isinstance(self._flow, ClosedFlow):
            raise UsageError("the labels are those of a taxonomy", hint="change its file")
        return self._flow.consolidator

    @property
    def without_model(self) -> bool:
        """Whether no language model is asked."""
        return self._flow.without_model

    @property
    def model(self) -> Model | None:
        """The model that is asked, if any."""
        return self._flow.model

    def on_reply(self, hear: Callable[[Reply], None]) -> None:
        """Let `hear` know of each answer of the model as it arrives."""
        self._flow.on_reply(hear)

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
        """The answers of the texts before the first that the budget left unasked; what was decided is kept."""
        try:
            decisions = self.stage.decide(texts)
            unasked = (place for place, one in enumerate(decisions) if one is not None and one.unasked)
            stop = next(unasked, len(texts))
            finished = dict(zip(texts[:stop], decisions[:stop], strict=True))
            self._flow.keep(finished)
        except BaseException:
            self.store.rollback()
            self._flow.forget()
            raise
        return self._flow.answers(finished)


def label(
    texts: Sequence[str],
    *,
    llm: str | Model = "none",
    embedder: str | Embedder = DEFAULT,
    max_labels: int = 1,
    max_error: float = MAX_ERROR,
    granularity: Granularity | None = None,
    limits: Limits | None = None,
) -> list[Answer]:
    """Label texts, in order, under the labels that all of them together give; nothing is kept.

    Where the budget ends first, the rest are answers with that as `error`.

        [answer.label for answer in linnaeus.label(["lost my card", "where is my card?"], llm="openai:gpt-5-mini")]
    """
    with Classifier.open(
        llm=llm,
        embedder=embedder,
        max_labels=max_labels,
        max_error=max_error,
        granularity=granularity,
        limits=limits,
    ) as made:
        try:
            first: Sequence[Answer | None] = made.label(texts)
            rest = ""
        except BudgetReached as error:
            first, rest = error.answers, str(error)
        made.tidy()
        return [
            now or then or failed(text, rest)
            for text, now, then in zip(clean_texts(texts), made.today(texts), first, strict=True)
        ]


def open_flow_model(llm: str | Model, limits: Limits, record: str | None) -> Model:
    """The model of the open flow, recorded if wanted; WithoutModel for "none"."""
    if llm == "none":
        if record:
            raise UsageError("there is no model whose answers could be recorded", hint="name one with --llm")
        return WithoutModel()
    model = open_model(llm, limits) if isinstance(llm, str) else llm
    return Recorder(model, record) if record else model
