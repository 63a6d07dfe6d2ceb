"""The small trained model: load and predict, with numpy and an embedder alone."""

from linnaeus.student.files import load, save
from linnaeus.student.student import Student, open_own_embedder

__all__ = ["Student", "load", "open_own_embedder", "save"]
