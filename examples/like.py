"""Sixty lines over the HTTP API: type a few words, pick a track, see what is like it and why.

segue demo                                  # or: segue serve ~/Music
python examples/like.py [http://127.0.0.1:8765]
"""

from __future__ import annotations

import json
import sys
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen

SERVER = "http://127.0.0.1:8765"


def get(server: str, path: str, **query: object) -> dict:
    """One answer of the server; what it refuses ends the program with its own words."""
    try:
        with urlopen(f"{server}/api/v1/{path}?{urlencode(query)}", timeout=60) as answer:
            return json.load(answer)
    except HTTPError as error:
        problem = json.load(error)
        sys.exit(f"{problem['detail']} {problem.get('remedy', '')}")
    except URLError as error:
        sys.exit(f"No Segue answers at {server} ({error.reason}). Start one: segue serve")


def name(track: dict) -> str:
    """Artist and title."""
    return f"{', '.join(track['artists']) or 'Unknown artist'} – {track['title'] or 'Untitled'}"


def picked(tracks: list[dict]) -> dict | None:
    """The track whose number somebody types; None for anything else."""
    for number, track in enumerate(tracks, start=1):
        print(f"{number:>3}  {name(track)}")
    typed = input("Number: ").strip()
    return tracks[int(typed) - 1] if typed.isdigit() and 0 < int(typed) <= len(tracks) else None


def main() -> None:
    """Ask, answer, ask again, until nothing is typed."""
    server = (sys.argv[1] if len(sys.argv) > 1 else SERVER).rstrip("/")
    while words := input("Title or artist (nothing ends): ").strip():
        track = picked(get(server, "search", q=words, n=9)["tracks"])
        if track is None:
            continue
        answer = get(server, f"tracks/{track['id']}/similar", n=6)
        print(f"\nLike {name(track)}:")
        for row in answer["recommendations"]:
            print(
                f"{row['score']:6.3f}  {name(row['track'])}\n        {row['reasons']['sentence']}"
            )
        print()


if __name__ == "__main__":
    try:
        main()
    except EOFError:
        print()
