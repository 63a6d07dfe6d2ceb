"""From a model's words to labels that stay: surfaces, evidence, groups, names, and what people do with them."""

from linnaeus.consolidate.consolidator import Consolidator
from linnaeus.consolidate.polarity import opposed_texts
from linnaeus.consolidate.provisional import provisional_name
from linnaeus.consolidate.wording import label_fault, readable, wording_key

__all__ = ["Consolidator", "label_fault", "opposed_texts", "provisional_name", "readable", "wording_key"]
