"""Forty lines over the HTTP API: type a few words, pick a track, see what is like it and why.

segue demo                                  # or: segue serve ~/Music
python examples/like.py [http://127.0.0.1:8765]
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from segue.client import Client
from segue.errors import SegueError

if TYPE_CHECKING:
    from segue.records import Track

SERVER = "http://127.0.0.1:8765"


def picked(tracks: list[Track]) -> Track | None:
    """The track whose number somebody types; None for anything else."""
    for number, track in enumerate(tracks, start=1):
        print(f"{number:>3}  {track.name}")
    typed = input("Number: ").strip()
    return tracks[int(typed) - 1] if typed.isdigit() and 0 < int(typed) <= len(tracks) else None


def main(segue: Client) -> None:
    """Ask, answer, ask again, until nothing is typed."""
    while words := input("Title or artist (nothing ends): ").strip():
        track = picked(segue.search(words, n=9))
        if track is None:
            continue
        print(f"\nLike {track.name}:")
        for row in segue.similar(track.id, n=6):
            print(f"{row.score:6.3f}  {row.track.name}\n        {row.reasons.sentence}")
        print()


if __name__ == "__main__":
    try:
        with Client(sys.argv[1] if len(sys.argv) > 1 else SERVER) as client:
            main(client)
    except EOFError:
        print()
    except SegueError as problem:
        sys.exit(str(problem))
