"""Figures as people read them."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """45 s, 3 min 20 s, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def dollars(usd: float | None) -> str:
    """$0.0012, $3.40; an unknown price is never $0."""
    if usd is None:
        return "price unknown"
    return f"${usd:.2f}" if usd >= 1 or usd == 0 else f"${usd:.4f}"


def count(number: int, noun: str) -> str:
    """1 label, 2 labels."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
