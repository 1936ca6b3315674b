"""What is heard and seen of a track: its sound, its waveform, its picture.

A file is served only when the catalogue says it holds the track that was asked for; no part of
an address ever becomes a path.

`sound` sends files by byte ranges, or made into what every browser plays while it is played
(`segue.audio.streaming`); `peaks` says what is drawn; `art` shows the picture of the file, made
small and anew, else its cover from Spotify where that is set (`covers`), else a drawn one
(`placeholder`).
"""

from __future__ import annotations

from fastapi import APIRouter

from segue.serve.media import art, peaks, sound

router = APIRouter()
for part in (sound, peaks, art):
    router.include_router(part.router)
