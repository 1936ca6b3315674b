"""The demo world without sound: what is planted can be found again, and nothing is symmetric."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from segue.names import artist_key, is_collective, split_title, title_key
from segue.sources.demo import DemoWorld, world
from segue.sources.demo.artists import LATENT, STYLES
from segue.sources.demo.truth import Hidden, attributes_of, emotion_of


@pytest.fixture(scope="module")
def planted() -> DemoWorld:
    return world(42)


def ids(record) -> list[str]:
    return [entry.outside_ids[0].value for entry in record.entries]


def test_the_promised_numbers(planted: DemoWorld) -> None:
    assert len(planted.tracks) == 120
    assert len(planted.table) == 5_000
    assert len(planted.playlists) == 2_000
    assert len(planted.truth) == 5_120
    assert len({play.listener for play in planted.plays}) == 12
    assert len(planted.artists) == 628
    assert len({artist_key(artist.name) for artist in planted.artists}) == 628
    assert {truth.style for truth in planted.tracks} == set(STYLES)


def test_same_seed_same_world_and_another_seed_another(planted: DemoWorld) -> None:
    again = world.__wrapped__(42)
    assert again.table == planted.table
    assert again.playlists == planted.playlists
    assert again.plays == planted.plays
    assert again.truth == planted.truth
    other = world.__wrapped__(43)
    assert [t.title for t in other.tracks] != [t.title for t in planted.tracks]
    assert [(t.tempo, t.key) for t in other.tracks] != [(t.tempo, t.key) for t in planted.tracks]


def test_every_record_leads_to_its_truth(planted: DemoWorld) -> None:
    records = (*planted.table, *planted.audio)
    for record in records:
        (outside,) = record.outside_ids
        truth = planted.truth[outside.value]
        assert outside.scheme == "demo"
        assert record.attributes == truth.attributes
        assert record.attributes is not None
        assert record.attributes.tempo == truth.tempo
        assert record.attributes.key == truth.key
        assert record.attributes.mode == truth.mode
        assert record.attributes.loudness == truth.loudness
        assert len(truth.latent) == len(LATENT)
    assert len({record.outside_ids for record in records}) == len(records)
    # An artist never has two songs of one title but as versions, which say so in the title.
    named = Counter((r.artists, title_key(r.title)) for r in records if r.artists)
    assert max(named.values()) == 1


def test_numbers_of_tracks_are_uneven(planted: DemoWorld) -> None:
    played = Counter(truth.artist_number for truth in planted.tracks)
    assert len(played) == 28
    assert set(played.values()) >= {3, 4, 5, 6}
    counts = np.array(list(Counter(t.artist_number for t in planted.truth.values()).values()))
    assert counts.min() >= 1
    assert counts.max() > 6 * np.median(counts)


def test_popularity_is_zipf_like(planted: DemoWorld) -> None:
    weights = np.sort([truth.weight for truth in planted.truth.values()])[::-1]
    assert weights.sum() == pytest.approx(1.0)
    ranks = np.arange(1, len(weights) + 1)
    slope = np.polyfit(np.log(ranks[50:]), np.log(weights[50:]), 1)[0]
    assert -0.9 < slope < -0.7
    popularity = np.array([truth.popularity for truth in planted.truth.values()])
    assert popularity.min() == 0.0
    assert popularity.max() == 100.0
    assert np.median(popularity) < 25.0


def test_attributes_follow_from_what_is_planted() -> None:
    plain = Hidden(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
    given = {"tempo": 120.0, "key": 3, "mode": 1, "loudness": -14.0, "beats": 4}

    def change(field: str, attribute: str) -> float:
        low = attributes_of(replace(plain, **{field: 0.2}), **given)
        high = attributes_of(replace(plain, **{field: 0.8}), **given)
        return getattr(high, attribute) - getattr(low, attribute)

    assert change("organic", "acousticness") == pytest.approx(0.6)
    assert change("drive", "energy") == pytest.approx(0.33)
    assert change("mood", "valence") == pytest.approx(0.312)
    assert change("night", "valence") == pytest.approx(-0.06)
    assert change("pulse", "danceability") > 0.3
    assert change("voice", "instrumentalness") == pytest.approx(-0.552)
    assert change("crowd", "liveness") == pytest.approx(0.48)
    assert change("speech", "speechiness") > 0.1
    found = attributes_of(plain, **given)
    assert (found.tempo, found.key, found.mode) == (120.0, 3, 1)
    assert found.time_signature == 4
    # Doubling the tempo leaves the beat as it is to dance to; a third off it does not.
    near = found.danceability
    assert attributes_of(plain, **(given | {"tempo": 60.0})).danceability == near
    assert attributes_of(plain, **(given | {"tempo": 150.0})).danceability < near


def test_attributes_stay_in_range_and_tell_styles_apart(planted: DemoWorld) -> None:
    for truth in planted.truth.values():
        known = truth.attributes.known()
        assert len(known) == 12
        for name in set(known) - {"loudness", "tempo", "key", "mode", "time_signature"}:
            assert 0.0 <= known[name] <= 1.0, (truth.id, name)
        assert -30.0 < truth.loudness < -8.0
        low, high = STYLES[truth.style].tempo
        assert low - 1 <= truth.tempo <= 1.05 * high
        assert truth.emotion == emotion_of(truth.attributes)
    mean = {
        style: np.mean([t.attributes.energy for t in planted.truth.values() if t.style == style])
        for style in STYLES
    }
    assert mean["ambient"] < mean["folk"] < mean["synthpop"] < mean["drum-and-bass"]


def test_tracks_lie_near_their_artist(planted: DemoWorld) -> None:
    points = np.array([truth.latent for truth in planted.truth.values()])
    owners = np.array([truth.artist_number for truth in planted.truth.values()])
    rng = np.random.default_rng(0)
    same = [
        np.linalg.norm(points[a] - points[b])
        for a, b in (rng.choice(np.flatnonzero(owners == owner), 2) for owner in range(200))
    ]
    apart = np.linalg.norm(points[rng.permutation(2000)] - points[rng.permutation(2000)], axis=1)
    assert np.median(same) < 0.4 * np.median(apart)


def test_playlists_hold_together_by_style(planted: DemoWorld) -> None:
    """Two tracks of one playlist share a style far more often than two tracks at random."""
    rng = np.random.default_rng(1)
    alike, drawn = [], []
    for playlist in planted.playlists:
        styles = [planted.truth[track].style for track in ids(playlist)]
        drawn.extend(styles)
        a, b = rng.choice(len(styles), 2, replace=False)
        alike.append(styles[a] == styles[b])
    chance = sum((count / len(drawn)) ** 2 for count in Counter(drawn).values())
    assert np.mean(alike) > 3.5 * chance
    # Noise and themes of mood keep it from being a mere list of one style.
    assert np.mean(alike) < 0.85


def test_playlists_know_scenes_that_neither_sound_nor_tags_tell(planted: DemoWorld) -> None:
    scenes = {t.id: np.array(t.latent[6:]) for t in planted.truth.values()}
    every = np.array(list(scenes.values()))
    spread = np.mean(np.linalg.norm(every - every.mean(axis=0), axis=1))
    within = []
    for playlist in planted.playlists[:400]:
        points = np.array([scenes[track] for track in ids(playlist)])
        within.append(np.mean(np.linalg.norm(points - points.mean(axis=0), axis=1)))
    assert np.mean(within) < 0.75 * spread


def test_famous_tracks_are_in_more_playlists_and_nothing_is_symmetric(planted: DemoWorld) -> None:
    counts = Counter(track for playlist in planted.playlists for track in ids(playlist))
    order = sorted(planted.truth.values(), key=lambda truth: -truth.weight)
    top = sum(counts[truth.id] for truth in order[:500])
    bottom = sum(counts[truth.id] for truth in order[-500:])
    assert top > 5 * bottom
    # P(a | b) and P(b | a) of two that meet are the shared count over either count: unlike.
    rng = np.random.default_rng(2)
    unlike = []
    for playlist in planted.playlists:
        one, other = rng.choice([counts[track] for track in ids(playlist)], 2, replace=False)
        unlike.append(max(one, other) / min(one, other))
    assert np.median(unlike) > 1.7
    listeners = {playlist.listener for playlist in planted.playlists}
    assert len({len(planted.truth), len(planted.playlists), len(listeners)}) == 3


def test_playlists_have_the_promised_lengths_and_repeat_nothing(planted: DemoWorld) -> None:
    lengths = [len(playlist.entries) for playlist in planted.playlists]
    assert min(lengths) >= 5
    assert max(lengths) <= 80
    # Log-normal: as far below its median as above, in ratio.
    low, middle, high = np.percentile(lengths, [20, 50, 80])
    assert 0.75 < (middle / low) / (high / middle) < 1.33
    for playlist in planted.playlists:
        assert len(set(ids(playlist))) == len(playlist.entries)
    assert len({playlist.outside_id for playlist in planted.playlists}) == 2_000
    held = Counter(t for playlist in planted.playlists for t in ids(playlist))
    assert all(held[truth.id] for truth in planted.tracks), "every audio track is in a playlist"


def test_a_theme_of_mood_chooses_by_mood(planted: DemoWorld) -> None:
    def energy(word: str) -> float:
        return float(
            np.mean(
                [
                    planted.truth[track].attributes.energy
                    for playlist in planted.playlists
                    if playlist.title.startswith(word)
                    for track in ids(playlist)
                ]
            )
        )

    assert energy("workout") > energy("quiet hours") + 0.2


def test_histories_run_over_a_year_and_drift(planted: DemoWorld) -> None:
    drifts = []
    for listener in sorted({play.listener for play in planted.plays}):
        plays = [play for play in planted.plays if play.listener == listener]
        times = np.array([play.at for play in plays])
        assert times[-1] - times[0] > 250 * 86_400
        assert len(plays) > 150
        points = np.array([planted.truth[p.track.outside_ids[0].value].latent for p in plays])
        third = len(points) // 3
        early, late = points[:third].mean(axis=0), points[-third:].mean(axis=0)
        halves = points[:third:2].mean(axis=0) - points[1:third:2].mean(axis=0)
        drifts.append(np.linalg.norm(late - early) / np.linalg.norm(halves))
    assert np.median(drifts) > 2.0


def test_the_planted_trouble_is_there(planted: DemoWorld) -> None:
    versions = [truth for truth in planted.tracks if truth.version]
    assert Counter(truth.version for truth in versions) == {"live": 2, "remix": 2}
    for version in versions:
        (song,) = [t for t in planted.tracks if t.number == version.song]
        base, words = split_title(version.title)
        assert base == split_title(song.title)[0]
        assert version.version in words
        assert title_key(version.title) != title_key(song.title)
        assert (version.key, version.mode, version.artist) == (song.key, song.mode, song.artist)
    nobody = [truth for truth in planted.tracks if not truth.artists]
    assert len(nobody) == 1
    assert is_collective(nobody[0].album_artist)
    assert nobody[0].artist, "the truth still knows who it was"
    assert sum("(feat. " in truth.title for truth in planted.tracks) == 1
    assert sum(not truth.title.isascii() for truth in planted.tracks) == 1
    early = planted.tracks[:26]
    assert {truth.style for truth in early} == set(STYLES), "a short run holds every style"


def test_live_versions_and_remixes_differ_as_they_should(planted: DemoWorld) -> None:
    by_number = {truth.number: truth for truth in planted.tracks}
    for truth in planted.tracks:
        song = by_number[truth.song]
        if truth.version == "live":
            assert truth.attributes.liveness > 0.6 > song.attributes.liveness
            assert truth.tempo > song.tempo
        if truth.version == "remix":
            assert truth.style == "house" != song.style
            assert truth.attributes.danceability > song.attributes.danceability


def test_the_page_lists_the_styles_as_they_are(planted: DemoWorld) -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "demo-world.md"
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `") and line.strip("| `").split("`")[0] in STYLES
    ]
    audio = Counter(truth.style for truth in planted.tracks)
    every = Counter(truth.style for truth in planted.truth.values())
    played = {(t.style, t.artist_number) for t in planted.tracks if not t.version}
    assert rows == [
        [
            style.name,
            style.genre,
            f"{style.tempo[0]:g}–{style.tempo[1]:g}",
            f"{style.loudness[0]:g} to {style.loudness[1]:g}",
            str(sum(name == style.name for name, _ in played)),
            str(audio[style.name]),
            str(every[style.name]),
        ]
        for style in STYLES.values()
    ]
