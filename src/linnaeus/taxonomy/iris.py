"""Ids of labels as IRIs and back. Knows no RDF."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin

OURS = "urn:linnaeus:label:"
"""What stands before an id that is no IRI by itself."""

_IRI = re.compile(
    r"(?:https?://[\w.-]+(?::\d+)?/|urn:[a-z0-9-]+:)[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+", re.ASCII
)


def iri_of(id: str) -> str:
    """`id` itself if it is a plain http or urn IRI, else `OURS` and the id with what is not plain as %XX."""
    if _IRI.fullmatch(id) and not id.startswith(OURS) and urljoin("http://a/", id) == id:
        return id
    return OURS + quote(id, safe="")


def id_of(iri: str) -> str:
    """The id that `iri_of` made this IRI of; any other IRI is an id as it is."""
    return unquote(iri[len(OURS) :]) if iri.startswith(OURS) else iri
