"""Write SKOS, RDF/XML or Turtle, a concept at a time. Needs no RDF library."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from linnaeus.taxonomy.entries import entries_of
from linnaeus.taxonomy.iris import iri_of
from linnaeus.taxonomy.taxonomy import Taxonomy

SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def rdf_xml(taxonomy: Taxonomy) -> Iterator[bytes]:
    """All labels as skos:Concepts with prefLabel, altLabel, definition and broader, in order."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="{RDF}" xmlns:skos="{SKOS}">\n'.encode()
    for iri, literals, parents in _concepts(taxonomy):
        lines = [f"  <skos:{name}>{escape(words)}</skos:{name}>\n" for name, words in literals]
        lines += [f"  <skos:broader rdf:resource={quoteattr(parent)}/>\n" for parent in parents]
        yield f"<skos:Concept rdf:about={quoteattr(iri)}>\n{''.join(lines)}</skos:Concept>\n".encode()
    yield b"</rdf:RDF>\n"


def turtle(taxonomy: Taxonomy) -> Iterator[bytes]:
    """All labels as skos:Concepts with prefLabel, altLabel, definition and broader, in order."""
    yield f"@prefix skos: <{SKOS}> .\n".encode()
    for iri, literals, parents in _concepts(taxonomy):
        said = [f'skos:{name} "{words.translate(_ESCAPES)}"' for name, words in literals]
        said += [f"skos:broader <{parent}>" for parent in parents]
        body = " ;\n    ".join(["a skos:Concept", *said])
        yield f"\n<{iri}> {body} .\n".encode()


def _concepts(taxonomy: Taxonomy) -> Iterator[tuple[str, list[tuple[str, str]], list[str]]]:
    """IRI, (property, words) of what is said, and IRIs of parents, of each label."""
    for entry in entries_of(taxonomy):
        literals = [("prefLabel", entry.name), *(("altLabel", synonym) for synonym in entry.synonyms)]
        if entry.description:
            literals.append(("definition", entry.description))
        yield iri_of(entry.id), literals, [iri_of(parent) for parent in entry.parents]
