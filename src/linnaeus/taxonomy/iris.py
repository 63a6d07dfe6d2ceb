"""Ids of labels as IRIs and back. Knows no RDF."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin

OURS = "urn:linnaeus:label:"
"""What stands before an id that is no IRI by itself."""

BASE = "http://file.invalid/"
"""What relative IRIs are relative to where a file names no base; ids are without it."""

_IRI = re.compile(
    r"(?:https?://[\w.-]+(?::\d+)?/|urn:[a-z0-9-]+:)[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+", re.ASCII
)


def iri_of(id: str) -> str:
    """`id` itself if it is a plain http or urn IRI, else `OURS` and the id with what is not plain as %XX."""
    if _IRI.fullmatch(id) and not id.startswith((OURS, BASE)) and urljoin(BASE, id) == id:
        return id
    return OURS + quote(id, safe="")


def id_of(iri: str) -> str:
    """The id that `iri_of` made this IRI of; any other IRI is an id as it is, or as it stood relative to no base."""
    return unquote(iri[len(OURS) :]) if iri.startswith(OURS) else iri.removeprefix(BASE)
