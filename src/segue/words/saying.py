"""Numbers of a track as people read them."""

from __future__ import annotations


def quantity(number: str, value: float) -> str:
    """One value: "122 BPM", "3:07", "−9.2 dB", "0.42"."""
    if number == "tempo":
        return f"{value:.0f} BPM"
    if number == "seconds":
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes}:{seconds:02}"
    if number in {"year", "popularity"}:
        return f"{value:.0f}"
    if number == "loudness":
        return f"{value:.1f} dB".replace("-", "−")
    return f"{value:.2f}"


def of_range(number: str, least: float | None, most: float | None) -> str:
    """A range of one number: "energy up to 0.46", "tempo from 100 BPM to 120 BPM"."""
    name = {"seconds": "length"}.get(number, number)
    if least is None and most is None:
        return name
    if least is None:
        return f"{name} up to {quantity(number, most or 0.0)}"
    if most is None:
        return f"{name} from {quantity(number, least)} on"
    low, high = quantity(number, least), quantity(number, most)
    return f"{name} {low}" if low == high else f"{name} from {low} to {high}"
