"""An evaluation as one page of HTML that needs nothing else: light and dark, on screen and paper. Knows no files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from linnaeus.evaluate.figures import ByLabel, Evaluation, Figure
from linnaeus.evaluate.page_style import STYLE
from linnaeus.evaluate.page_words import GROUPS, KINDS, MEANS, STEPS
from linnaeus.evaluate.plots import Axis, Line, interval_bar, plot

LABELS, PAIRS = 20, 12


def page(found: Evaluation) -> str:
    """The whole page."""
    title = f"How good are the labels of {found.file}?"
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1>",
        f'<p class="lead">{found.gold:,} of {found.texts:,} texts have gold labels. {KINDS[found.kind]}</p>',
        "<ul class='headline'>" + "".join(f"<li>{escape(line)}</li>" for line in found.headline) + "</ul>",
        *_notes(found),
        *_steps(found),
        *_pairs(found),
        *_plots(found),
        *_labels(found),
        *_figures(found),
        *_cost(found),
        f"<footer>Linnaeus {escape(found.version)} &middot; <code>{escape(found.command)}</code></footer>",
        "</main></body></html>",
    ]
    return "\n".join(parts)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table of cells that are HTML; columns `numbers` stand to the right."""

    def line(cells: Sequence[str], tag: str) -> str:
        return "".join(
            f"<{tag}{' class=number' if at in numbers else ''}>{cell}</{tag}>"
            for at, cell in enumerate(cells)
        )

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return f"<div class='wide'><table><thead><tr>{line(header, 'th')}</tr></thead><tbody>{body}</tbody></table></div>"


def _name(label: str) -> str:
    """A label that may be broken where its words end."""
    return escape(label).replace("_", "_<wbr>")


def _notes(found: Evaluation) -> Iterator[str]:
    if found.notes:
        yield "<aside>" + "".join(f"<p>{escape(note)}.</p>" for note in found.notes) + "</aside>"


def _figures(found: Evaluation) -> Iterator[str]:
    yield "<h2>All figures</h2><p>The thin line on a bar is where the figure lies with 95% certainty.</p>"
    for group in found.groups:
        yield f"<h3>{escape(GROUPS[group.name])}</h3>"
        rows = [
            [escape(one.name), _value(one), _range(one), f"{one.n:,}", _means(one)] for one in group.figures
        ]
        yield _table(["figure", "value", "95% interval", "texts", "what it says"], rows, (1, 2, 3))


def _value(one: Figure) -> str:
    return "undefined" if one.value is None else f"{one.value:.3f}"


def _range(one: Figure) -> str:
    return "" if one.low is None or one.high is None else f"{one.low:.3f} to {one.high:.3f}"


def _means(one: Figure) -> str:
    if one.value is None:
        return f"<em>{escape(one.why)}</em>"
    name = one.name.split("@")[0]
    words = escape(next((MEANS[key] for key in (one.name, name) if key in MEANS), ""))
    return interval_bar(one.value, one.low, one.high) + words


def _steps(found: Evaluation) -> Iterator[str]:
    yield "<h2>Who answered, and how often it was right</h2>"
    rows = []
    for step in found.steps:
        share = step.texts / max(found.texts, 1)
        right = (
            "" if step.right is None else interval_bar(step.right, step.low, step.high) + f"{step.right:.0%}"
        )
        score = "" if step.score is None else f"{step.score:.2f}"
        words = STEPS.get(step.by, "")
        cells = [f"<b>{escape(step.by)}</b> {escape(words)}", f"{step.texts:,} ({share:.0%})", right, score]
        rows.append([*cells, f"{step.gold:,}"])
    yield _table(["step", "texts", "right", "mean score", "with gold"], rows, (1, 3, 4))


def _pairs(found: Evaluation) -> Iterator[str]:
    if not found.pairs:
        return
    yield "<h2>What gets mixed up most</h2>"
    rows = []
    for one in found.pairs[:PAIRS]:
        texts = "".join(f"<li>{escape(text)}</li>" for text in one.examples)
        got = _name(one.found) if one.found else "<em>no label</em>"
        rows.append([f"{one.texts:,}", _name(one.gold), got, f"<ul class='texts'>{texts}</ul>"])
    yield _table(["texts", "should be", "is", "for example"], rows, (0,))


def _labels(found: Evaluation) -> Iterator[str]:
    known = [one for one in found.labels if one.gold and one.f1 is not None]
    if not known:
        return
    worst = sorted(known, key=lambda one: (one.high or 0, -one.gold))[:LABELS]
    some = (
        f"The {LABELS} of {len(known):,} labels that are surely worst"
        if len(known) > LABELS
        else "All labels"
    )
    yield f"<h2>Labels</h2><p>{some}, the worst first."
    yield (
        " A label that was found counts for the gold label it stands for.</p>"
        if found.kind == "open"
        else "</p>"
    )
    yield _table(
        ["label", "should have it", "were given it", "precision", "recall", "F1"],
        list(map(_label, worst)),
        (1, 2, 3, 4),
    )


def _label(one: ByLabel) -> list[str]:
    shares = ["" if value is None else f"{value:.2f}" for value in (one.precision, one.recall)]
    f1 = "" if one.f1 is None else interval_bar(one.f1, one.low, one.high) + f"{one.f1:.2f}"
    return [_name(one.label), f"{one.gold:,}", f"{one.found:,}", *shares, f"<span class=one>{f1}</span>"]


def _plots(found: Evaluation) -> Iterator[str]:
    drawn = [*_trust(found), *_stream(found), *_learning(found)]
    if drawn:
        yield "<div class='plots'>" + "".join(drawn) + "</div>"


def _trust(found: Evaluation) -> Iterator[str]:
    share = Axis("score", 1, share=True)
    if found.reliability:
        bins = found.reliability
        x, y, low, high = ([getattr(one, part) for one in bins] for part in ("score", "right", "low", "high"))
        dots = Line(x, y, "first", low=low, high=high, dots=True)
        drawn = plot("scores and share right", share, Axis("right", 1, share=True), [dots], diagonal=True)
        yield _figure(
            "Do scores mean what they say?",
            "On the dashed line they do; below it they promise too much.",
            drawn,
        )
    if len(found.coverage.x) > 1:
        line = Line(found.coverage.x, found.coverage.y, "first")
        drawn = plot("coverage", Axis("texts answered", 1, share=True), Axis("right", 1, share=True), [line])
        yield _figure("If only the surest answers were taken", "How many of them would be right.", drawn)


def _stream(found: Evaluation) -> Iterator[str]:
    rows = Axis("rows of the file", max(found.growth.x, default=1))
    if len(found.growth.x) > 1:
        line = Line(found.growth.x, found.growth.y, "first")
        drawn = plot("growth", rows, Axis("labels", max(found.growth.y)), [line])
        yield _figure("Labels over the stream", "A line that levels off: few labels are new.", drawn)
    if len(found.asked.x) > 1 and max(found.asked.y) and _llm(found).get("model") != "none":
        line = Line(found.asked.x, found.asked.y, "first")
        drawn = plot("asked", rows, Axis("texts", max(found.asked.y)), [line])
        usd = _usd(found)
        spent = "" if usd is None else f" All of them together: ${usd:,.4f}."
        yield _figure(
            "Texts that a model answered, over the stream",
            f"The less steep, the less it costs.{spent}",
            drawn,
        )


def _llm(found: Evaluation) -> dict[str, Any]:
    """What the summary of the run says of the model; empty without one."""
    return dict((found.cost or {}).get("llm", {}))


def _usd(found: Evaluation) -> float | None:
    """What the model cost in dollars, where that is known."""
    usd = _llm(found).get("usd")
    return None if usd is None else float(usd)


def _learning(found: Evaluation) -> Iterator[str]:
    if found.learning is None:
        return
    sizes, right = found.learning.x, found.learning.y
    lines = [Line(sizes, right, "first", "learnt from gold")]
    accuracy = next((one for group in found.groups for one in group.figures if one.name == "accuracy"), None)
    if found.kind == "single" and accuracy is not None and accuracy.value is not None:
        x = [0, sizes[-1], sizes[-1] / 3]  # its name stands where the line ends, apart from the other one's
        lines.append(Line(x, [accuracy.value] * 3, "ideal", "these labels"))
    drawn = plot(
        "learning curve", Axis("gold labels learnt from", sizes[-1]), Axis("right", 1, share=True), lines
    )
    dashed = "; the dashed line is this result" if len(lines) > 1 else ""
    words = f"Where the line still rises, more examples help{dashed}."
    yield _figure("What a small model would learn from the gold labels", words, drawn)


def _figure(title: str, words: str, drawn: str) -> str:
    return f"<figure><figcaption><b>{escape(title)}</b> {escape(words)}</figcaption>{drawn}</figure>"


def _cost(found: Evaluation) -> Iterator[str]:
    if not found.cost:
        return
    usd, texts = _usd(found), max(found.cost.get("texts", 0), 1)
    price = "price unknown" if usd is None else f"${usd:,.4f}, ${1000 * usd / texts:,.4f} per 1,000 texts"
    calls = ", ".join(f"{number:,} to {task}" for task, number in _llm(found).get("calls", {}).items())
    said = f"Calls of the model: {escape(calls)}; {price}." if calls else "No model was called."
    yield f"<h2>Cost and time</h2><p>{said}</p>"
    rows = [
        [escape(name), f"{value:,.1f}", f"{1000 * value / texts:,.2f}"]
        for name, value in found.cost["seconds"].items()
    ]
    yield _table(["step", "seconds", "ms a text"], rows, (1, 2))
