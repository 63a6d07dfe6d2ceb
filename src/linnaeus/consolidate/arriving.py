"""A text arrives with words: which surfaces these are, and which label a new one joins. Knows nothing of regrouping."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from linnaeus.consolidate.surfaces import Surfaces
from linnaeus.consolidate.wording import readable, wording_key
from linnaeus.types import Codes, LabelId, SurfaceId


def resolve(now: Surfaces, words: Sequence[str], code: Codes, *, pinned: bool) -> list[SurfaceId]:
    """Turn the words given to a text (d,) into surfaces: see `Consolidator.resolve`."""
    book = now.book
    spelt = {wording_key(word): word for word in reversed(words)}
    named_only = now.wordless and not pinned
    keys = [_content(code)] if named_only else list(dict.fromkeys(map(wording_key, words)))
    places = {key: _place(now, key, code, pinned) for key in keys if key in book.by_key}
    taken = {book.rows[place].label for place in places.values()}
    joined = []
    for key in keys:
        if key not in places:
            name = wording_key(words[0]) if named_only else key
            joined += _found(now, key, spelt.get(key), name, code, taken, pinned=pinned)
            places[key] = len(book) - 1
        elif pinned:
            _pin(now, places[key])
        taken.add(book.rows[places[key]].label)
    own = [places[key] for key in keys]
    book.count(own, code)
    now.keep_why(joined)
    return [book.rows[place].id for place in own]


def known_or_key(now: Surfaces, words: str, code: Codes) -> SurfaceId | str:
    """The surface that a wording would be for a text (d,); its key where there is none yet."""
    key = _content(code) if now.wordless else wording_key(words)
    return now.book.rows[_place(now, key, code, False)].id if key in now.book.by_key else key


def _place(now: Surfaces, key: str, code: Codes, pinned: bool) -> int:
    """Where a known wording stands, in the sense in which a model means it for a text (d,); a person means the first."""
    place = now.book.by_key[key]
    return place if pinned else now.book.place[now.senses.of(now.book.rows[place].id, code)]


def _found(
    now: Surfaces, key: str, words: str | None, name: str, code: Codes, taken: set[LabelId], *, pinned: bool
) -> list[tuple[int, int]]:
    """Add a surface; return (founder, its place) if it joined that founder's label."""
    book = now.book
    wording = _embedded(now, key, words)
    called = now.said.called(key)
    label = None if called is None else book.rows[book.founder[called]].label
    if label is None and len(book) and not pinned:
        against = [] if words is None else now.poles.against(key)
        label = _most_like(now, wording, code, taken.union(book.rows[one].label for one in against))
    made = now.store.add_surface(key, words, label=label, name=name, pinned=pinned)
    now.append(made, wording, code)
    return [] if label is None else [(book.founder[label], len(book) - 1)]


def _most_like(now: Surfaces, wording: Codes, code: Codes, taken: set[LabelId]) -> LabelId | None:
    """The label whose surfaces are most like the new one on average; None below the threshold."""
    found = now.groups.most_like(now.frame.rows(wording[None], code[None])[0], taken)
    return None if found is None or found[1] < now.frame.at_least else found[0]


def _pin(now: Surfaces, place: int) -> None:
    row = now.book.rows[place]
    if not row.pinned:
        now.book.rows[place] = replace(row, pinned=True)
        now.store.pin(row.id)


def _embedded(now: Surfaces, key: str, words: str | None) -> Codes:
    if now.wordless or words is None:
        return np.zeros(0, dtype=np.int8)
    code: Codes = now.vectors.codes([readable(key)])[0]
    return code


def _content(code: Codes) -> str:
    """The key of a surface that has no words: that of its first text."""
    return "#" + hashlib.blake2b(code.tobytes(), digest_size=8).hexdigest()
