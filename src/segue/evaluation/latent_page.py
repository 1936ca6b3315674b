"""A page about codes of songs, written from their measurement: Markdown from JSON alone.

The measurement (``benchmarks/results/latent.json``) holds

``tracks``, ``judged``
    how many tracks there are, and how many of each group were asked;
``methods``
    by ``method|what was told|group``, one entry a seed: ``genre`` and ``error``, each with
    ``value``, ``low`` and ``high``;
``dial``
    by the weights of genre in the target, the same of all facts told;
``teaching``
    one entry a seed: ``tracks``, ``epochs``, ``best``, ``seconds``, ``cpu_seconds``, ``parity``;
``collapse``
    by target, ``history`` with ``spread`` of words, and ``neighbours``;
``moods``
    how often the classifier of moods is right, and always the commonest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.evaluation.markdown import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Figures = Mapping[str, Any]

_INTRODUCTION = """\
A code is 20 numbers for all that a catalogue says of a track. An autoencoder presses its numbers,
artist, genre and emotion into them, such that the numbers can be rebuilt and the words told
(`src/segue/training/latent`). How good are the neighbours that codes find?

Each of some tracks of the Spotify tracks table asks all others for its ten nearest, with every
track by an artist of its own taken out. **Genre** is the share of the ten that bear a genre of the
track's. **Error** is how far the mean of their eight attributes is from its own, in standard
deviations. In brackets the 95 % interval over artists. Beside codes stand **PCA** of the same facts
reduced to 20, with one column a genre and an artist, each kind brought to the variance of the
numbers, and genres also twice and four times that; the space **attributes**; and chance. No track
that asks was learned from; artists of the group *never seen* were not either, and all their tracks
have the unknown artist. How much genre counts in the target was chosen with an eye on such figures
for 600 tracks of each group."""

_TOLD = {
    "all": "All facts told",
    "all but the genre": "All told but the genre of the track that asks",
    "numbers alone": "Its numbers alone told",
}
_GROUPS = {"seen": "artists learned from", "unseen": "artists never seen"}


def page(figures: Figures, *, made: str = "", pictures: str = "pictures") -> str:
    """The page.

    Parameters
    ----------
    figures
        See the module.
    made
        A line on how the page comes about, put below the title.
    pictures
        The folder of the pictures, relative to the page.
    """
    parts = [
        "# Codes of songs",
        made,
        _INTRODUCTION,
        *_neighbours(figures["methods"], figures["judged"]),
        *_dial(figures.get("dial", {})),
        *_teaching(figures["teaching"], pictures),
        *_collapse(figures["collapse"], pictures),
        *_moods(figures.get("moods")),
        *_map(figures, pictures),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _neighbours(methods: Figures, judged: Figures) -> Iterator[str]:
    """A table for each way of telling."""
    yield "## Neighbours"
    for told, title in _TOLD.items():
        rows = []
        for name in dict.fromkeys(key.partition("|")[0] for key in methods):
            keys = [f"{name}|{told}|{group}" for group in _GROUPS]
            found = [methods[key] for key in keys if key in methods]
            if len(found) == len(keys):
                cells = [_cell(each[0][kind]) for each in found for kind in ("genre", "error")]
                rows.append([name, *cells])
        head = [f"{kind}, {group}" for group in _GROUPS.values() for kind in ("genre", "error")]
        yield f"### {title}\n\n{table(['', *head], rows)}"
    asked = " and ".join(f"{judged[group]:,} by {name}" for group, name in _GROUPS.items())
    yield f"Tracks that ask: {asked}.{_seeds(methods)}"


def _seeds(methods: Figures) -> str:
    """How far codes of other seeds are."""
    runs = methods.get("codes|all|unseen", ())
    if len(runs) < 2:
        return ""
    said = [", ".join(f"{run[kind]['value']:.3f}" for run in runs) for kind in ("genre", "error")]
    return (
        f" Codes of {len(runs)} seeds, all told, artists never seen: genre {said[0]}, "
        f"error {said[1]}."
    )


def _dial(dial: Figures) -> Iterator[str]:
    if not dial:
        return
    rows = [
        [weight, _cell(found["genre"]), _cell(found["error"])] for weight, found in dial.items()
    ]
    yield (
        "## What a code is to care for\n\nIn 20 numbers, whatever is told better of genre is told "
        "worse of sound. How much genre counts in the target decides (all facts told, artists "
        "never seen):\n\n" + table(["weight of genre", "genre", "error"], rows)
    )


def _teaching(runs: Any, pictures: str) -> Iterator[str]:  # noqa: ANN401 (a list from JSON)
    rows = [
        [
            str(run["seed"]),
            f"{run['tracks']:,}",
            f"{run['artists']:,}",
            str(run["epochs"]),
            str(run["best"]),
            f"{run['seconds']:.0f} s",
            f"{run['cpu_seconds']:.0f} s",
            f"{run['parity']['largest']:.1e}",
        ]
        for run in runs
    ]
    head = ["seed", "tracks", "artists", "passes", "best", "by the clock", "processor", "parity"]
    yield (
        "## Teaching\n\nOne thread of one core. The clock also counts what else the machine did "
        "meanwhile. Parity is the largest difference between PyTorch and ONNX Runtime.\n\n"
        + table(head, rows)
    )
    yield f"![Loss on tracks learned from and on artists kept aside]({pictures}/latent-curves.png)"


def _collapse(found: Figures, pictures: str) -> Iterator[str]:
    """Why the target is what it is."""
    rows = []
    for name, title in (("told", "words told"), ("rebuilt", "embeddings rebuilt")):
        run = found[name]
        history = run["history"]
        losses = [each["validation"] for each in history if "validation" in each]
        spread = [
            f"{history[-1]['spread'][kind] / history[0]['spread'][kind]:.2f}"
            for kind in ("artists", "genres")
        ]
        near = run["neighbours"]
        cells = (_cell(near["genre"]), _cell(near["error"]))
        rows.append([title, f"{losses[0]:.3f} → {min(losses):.3f}", *spread, *cells])
    head = ["target", "loss kept aside", "artists apart", "genres apart", "genre", "error"]
    yield (
        "## Why words are told and not rebuilt\n\nAn autoencoder that is to rebuild its own "
        "embeddings by mean squared error may move them, and the easiest to rebuild are embeddings "
        "that are all the same. Both targets on the same "
        f"{found['tracks']:,} tracks, for the same passes: how far apart words are at the end, as "
        "a share of the beginning, and the neighbours of tracks that were not learned "
        "from.\n\n" + table(head, rows)
    )
    yield (
        f"![How far apart words stay under both targets, and the loss]({pictures}/"
        "latent-collapse.png)"
    )


def _moods(moods: Figures | None) -> Iterator[str]:
    if moods:
        yield (
            "## Moods\n\nWhere nobody names a track's emotion, a linear classifier over eight "
            f"attributes does. Learned from {moods['tracks']:,} tracks with one of "
            f"{moods['labels']} moods, it is right for {moods['accuracy']:.0%} of those by artists "
            f"it has not seen; always naming the commonest would be for {moods['commonest']:.0%}. "
            "What it names is marked as predicted."
        )


def _map(figures: Figures, pictures: str) -> Iterator[str]:
    if figures.get("map"):
        yield (
            "## As a map\n\n![Codes on a plane, coloured by genre, artist and predicted "
            f"emotion]({pictures}/latent-map.png)\n\n`segue train map SPACE --picture FILE` draws "
            "the like of any space."
        )


def _cell(interval: Figures) -> str:
    return f"{interval['value']:.3f} [{interval['low']:.3f}, {interval['high']:.3f}]"
