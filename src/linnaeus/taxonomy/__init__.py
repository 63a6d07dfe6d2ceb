"""Taxonomies: given label sets as columns, of up to a million labels. Knows nothing of texts, models or the project."""

from linnaeus.taxonomy.entries import JOINED_BY, Entry, entries_of
from linnaeus.taxonomy.faults import Fault
from linnaeus.taxonomy.links import Links, Places
from linnaeus.taxonomy.lookup import Lookup
from linnaeus.taxonomy.read import check, read_taxonomy, taxonomy_of
from linnaeus.taxonomy.strings import Lists, Strings, starts_of
from linnaeus.taxonomy.taxonomy import BETWEEN, Taxonomy
from linnaeus.taxonomy.write import check_target, write_taxonomy

__all__ = [
    "BETWEEN",
    "JOINED_BY",
    "Entry",
    "Fault",
    "Links",
    "Lists",
    "Lookup",
    "Places",
    "Strings",
    "Taxonomy",
    "check",
    "check_target",
    "entries_of",
    "read_taxonomy",
    "starts_of",
    "taxonomy_of",
    "write_taxonomy",
]
