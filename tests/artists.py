"""Small libraries of artists with a sound of their own: what a network can learn to tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from mutagen.flac import FLAC

from encoded import write_audio

if TYPE_CHECKING:
    from pathlib import Path

RATE = 22_050
GENRES = ("glass", "brass")


def song(artist: int, track: int, *, seconds: float = 4.0, genre: int = 0) -> np.ndarray:
    """Notes of an artist's own overtones over noise of their own band, shape (1, samples)."""
    own = np.random.default_rng((7, artist))
    weights = own.uniform(0.05, 1.0, size=10) / np.arange(1, 11) ** (0.5 + genre)
    low, high = sorted(own.uniform(200, 9000, size=2))
    rng = np.random.default_rng((11, artist, track))
    count = round(seconds * RATE)
    times = np.arange(count) / RATE
    sound = np.zeros(count)
    for begin in np.arange(0, seconds, 0.5):
        hertz = 110 * 2 ** (rng.integers(0, 24) / 12)
        part = slice(round(begin * RATE), round((begin + 0.5) * RATE))
        local = times[part] - begin
        note = sum(
            weight * np.sin(2 * np.pi * hertz * (n + 1) * local) for n, weight in enumerate(weights)
        )
        sound[part] += note * np.exp(-local * (2 + 4 * genre))
    noise = np.fft.rfft(rng.standard_normal(count))
    bins = np.fft.rfftfreq(count, 1 / RATE)
    noise[(bins < low) | (bins > high)] = 0
    hiss = np.fft.irfft(noise, count)
    sound = sound / np.abs(sound).max() + 0.3 * hiss / np.abs(hiss).max()
    return (0.5 * sound).astype(np.float32)[np.newaxis]


def tagged(path: Path, sound: np.ndarray, **tags: str) -> Path:
    """A FLAC file of `sound` with these tags."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_audio(path, sound, RATE, codec="flac")
    file = FLAC(path)
    for name, text in tags.items():
        file[name] = text
    file.save()
    return path


def library(
    folder: Path, *, artists: int = 16, tracks: int = 3, seconds: float = 4.0, first: int = 0
) -> Path:
    """A music folder: artists by turns of one genre and the other, an album each."""
    for artist in range(first, first + artists):
        genre = artist % len(GENRES)
        for track in range(tracks):
            tagged(
                folder / f"artist {artist:02}" / f"{track:02}.flac",
                song(artist, track, seconds=seconds, genre=genre),
                title=f"Song {track}",
                artist=f"Artist {artist}",
                album=f"Album {artist}",
                genre=GENRES[genre],
            )
    return folder
