"""Read SKOS, RDF/XML or Turtle. The only file that imports rdflib (extra `skos`). Checks no label."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax import SAXException, SAXParseException

from linnaeus.errors import InputError, MissingExtra
from linnaeus.files.formats import Format
from linnaeus.files.raw import Bytes
from linnaeus.taxonomy.entries import JOINED_BY, Entry, one_line, prose
from linnaeus.taxonomy.iris import BASE, id_of

_CARELESS = (ValueError, LookupError, AssertionError, AttributeError, TypeError, RecursionError)
"""What rdflib's parsers let through where a file is no RDF."""

PARSERS = {"rdf": "xml", "turtle": "turtle"}


def read_skos(raw: Bytes, format: Format) -> Iterator[Entry]:
    """The skos:Concepts of a file, in order of first sight: prefLabel, altLabel, definition (else scopeNote), broader.

    `narrower` is `broader` seen from the other side. Of each property what is in English counts, else what has no language,
    else what is in the language of the first. The id is the IRI, unless `linnaeus taxonomy export` made that of an id. All
    is in memory at once: about 5 kB a concept, and 5,000 concepts a second. Lines are not known.
    """
    graph, skos = _parsed(raw, PARSERS[format.name])
    rdf_type, concept = _rdf_type(), skos.Concept
    under: dict[Any, list[Any]] = {}
    for parent, child in graph.subject_objects(skos.narrower):
        under.setdefault(child, []).append(parent)
    for one in graph.subjects(rdf_type, concept):
        names = _chosen(graph.objects(one, skos.prefLabel))
        about = _chosen(graph.objects(one, skos.definition)) or _chosen(graph.objects(one, skos.scopeNote))
        parents = [*graph.objects(one, skos.broader), *under.get(one, ())]
        synonyms = [
            one_line(name).replace(JOINED_BY, "/") for name in _chosen(graph.objects(one, skos.altLabel))
        ]
        yield Entry(
            0,
            one_line(id_of(str(one))),
            one_line(names[0]) if names else "",
            prose(about[0]) if about else "",
            tuple(dict.fromkeys(one_line(id_of(str(parent))) for parent in parents)),
            tuple(name for name in dict.fromkeys(synonyms) if name),
            None if names else f"{one} has no skos:prefLabel",
        )


def _chosen(literals: Iterable[Any]) -> list[str]:
    """Those in the language that counts, in order."""
    found = [(getattr(literal, "language", None), str(literal)) for literal in literals]
    if not found:
        return []
    spoken = dict.fromkeys(language for language, _ in found)
    english = [language for language in spoken if language and language.split("-")[0] == "en"]
    best = "en" if "en" in english else english[0] if english else None if None in spoken else found[0][0]
    return [words for language, words in found if language == best]


def _rdf_type() -> Any:
    from rdflib.namespace import RDF

    return RDF.type


def _parsed(raw: Bytes, parser: str) -> tuple[Any, Any]:
    """The graph of a file, and the SKOS namespace."""
    try:
        from rdflib import Graph
        from rdflib.exceptions import ParserError
        from rdflib.namespace import SKOS
        from rdflib.parser import InputSource
        from rdflib.plugins.parsers.notation3 import BadSyntax
    except ImportError as error:
        raise MissingExtra("rdflib", "skos") from error
    try:
        source = InputSource()
        source.setByteStream(raw.stream())
        return Graph().parse(source, format=parser, publicID=BASE), SKOS
    except (OSError, EOFError, zlib.error) as error:
        words = f"{raw.name} cannot be read to its end: {error}"
        raise InputError(words, hint="is the file cut off or damaged?") from error
    except SAXParseException as error:
        raise InputError(f"{raw.name}, line {error.getLineNumber()}: {error.getMessage()}") from error
    except BadSyntax as error:
        raise InputError(f"{raw.name}, line {error.lines + 1}: {error._why}") from error
    except (ParserError, SAXException, *_CARELESS) as error:
        raise InputError(f"{raw.name} is not RDF that can be read: {error}") from error
