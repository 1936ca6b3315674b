"""A page about continuing playlists, written from its measurement: Markdown from JSON alone.

The measurement (``benchmarks/results/playlists.json``) holds ``split``, ``chosen`` (by space, what
`segue.training.playlists.tuning` gives), ``trial`` (a `ContinuationReport` as JSON), ``followed``,
``item2vec_against_library``, ``item2vec_training`` and ``cold``. What is not there is left out, and
a goal of which nothing is known is told as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.evaluation.continuation import METRICS
from segue.evaluation.continuation_report import BASE, scenarios_in_words
from segue.evaluation.markdown import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Figures = dict[str, Any]

GAIN = 1.03
"""By how much the learned blend is to be above the plain one."""

LIBRARY = 4.0
"""By how much tuned item2vec is to be above its library's defaults."""

COLD = 5.0
"""By how much content is to be above popularity with tracks that stand in no playlist."""

MINUTES = 3.0
"""How long item2vec may take with five thousand playlists."""

_INTRODUCTION = """\
Whole playlists are held out; some of their tracks are seeds, the others are hidden and looked for
among 500 candidates. Nothing of a playlist held out was learned from or chosen by. A hidden track
that no playlist of training holds cannot be found, and counts all the same. Where parameters were
chosen, it was on a validation split of their own.

**R-precision** is the share of the hidden tracks among as many of the first candidates; behind it
its 95 % interval over playlists. **With artists** adds a quarter of the artists that were found of
the tracks that were not. Two definitions of **NDCG** have been published and both are here: against
the best ranking there could be, and (*found*) with what was found on top. **Clicks** are pages of
ten until the first hit, 51 where there is none. **Distinct** are different tracks in the first tens
of all answers, **plays** in how many playlists their median stands. The equations are in
`segue.evaluation.continuation`."""

_METHODS = {
    "popularity": "the tracks that stand in most playlists, for everybody",
    "artist-popularity": "the most popular tracks by the seeds' artists",
    "item2vec-library": "gensim's Word2Vec with every default",
    "playlists": "item2vec by chosen parameters, with its prior on popularity",
    "together": "item-item neighbours, by chosen parameters",
    "factors": "alternating least squares, the set folded in, by chosen parameters",
    "artist": "how many of the seeds are by a track's artists",
    "album": "how many of the seeds are on a track's album",
    "text": "the words of artists, albums, titles and genres",
    "titles": "the names of the playlists that tracks stand in; of a title alone, those like it",
    "plain": "1 together + 1 factors + 0.2 artist, untuned, each by its highest; what others are "
    "measured by",
    "balanced": "the lens, before the last step of an answer",
    "balanced-grouped": "the same with versions of one recording grouped",
    "balanced-selected": "the same with at most two tracks by one artist in all 500, the setting "
    "`per_artist`: variety for its price",
    "(ordinary)": "by ordinary parameters, and without places by content",
}


def page(figures: Figures, *, title: str = "Continuing playlists", made: str = "") -> str:
    """The page.

    Parameters
    ----------
    figures
        The measurement.
    title
        Of the page.
    made
        Lines below the title, such as a comment that says where the page comes from.
    """
    parts = [f"# {title}", *([made] if made else []), _INTRODUCTION, *_goals(figures)]
    parts += [*_trial(figures), *_followed(figures), *_cold(figures), *_chosen(figures)]
    return "\n\n".join(parts) + "\n"


def _goals(figures: Figures) -> Iterator[str]:
    lines = [*_gains(figures), _library(figures), _minutes(figures), *_cold_goals(figures)]
    yield "## What was to be reached"
    yield table(("goal", "reached", "figure"), [list(line) for line in lines])


def _gains(figures: Figures) -> Iterator[tuple[str, str, str]]:
    scenarios = figures.get("trial", {}).get("scenarios", {})
    for scenario in ("half", "5", "1"):
        against = scenarios.get(scenario, {}).get(f"against_{BASE}", {})
        goal = f"{scenario} as seeds: the lens {GAIN:g} × the plain blend"
        if "balanced" not in against:
            yield goal, "not measured", ""
            continue
        told = []
        first = against["balanced"]["r_precision"]
        for name in ("balanced", "balanced-grouped", "balanced-selected"):
            if name in against:
                found = against[name]["r_precision"]
                told.append(f"{name} {found['ratio']:.3f} × ({_apart(found)})")
        reached = first["ratio"] >= GAIN and first["low"] > 0
        yield goal, "yes" if reached else "no", "; ".join(told)


def _library(figures: Figures) -> tuple[str, str, str]:
    goal = f"tuned item2vec {LIBRARY:g} × its library's defaults"
    found = figures.get("item2vec_against_library", {}).get("r_precision")
    if not found or found["ratio"] is None:
        return goal, "not measured", ""
    return goal, _yes(found["ratio"] >= LIBRARY), f"{found['ratio']:.2f} × ({_apart(found)})"


def _minutes(figures: Figures) -> tuple[str, str, str]:
    goal = f"item2vec in {MINUTES:g} minutes at 5,000 playlists"
    found = figures.get("item2vec_training")
    if not found:
        return goal, "not measured", ""
    each = {name: found[name]["processor_seconds"] for name in ("chosen", "ordinary")}
    most = max(each.values()) * 5000 / found["playlists"] / 60
    told = ", ".join(f"{value:,.0f} s of one core with {name}" for name, value in each.items())
    return goal, _yes(most <= MINUTES), f"{told} parameters at {found['playlists']:,} playlists"


def _cold_goals(figures: Figures) -> Iterator[tuple[str, str, str]]:
    recall = figures.get("cold", {}).get("recall_500", {})
    words = {"all": "among all tracks", "hidden": "among themselves"}
    for among, where in words.items():
        goal = f"tracks in no playlist, {where}: content {COLD:g} × popularity"
        found = recall.get(among)
        if not found:
            yield goal, "not measured", ""
            continue
        # Among all, popularity finds none of them at all; chance finds at least some.
        least = max(found["popularity"]["value"], found["chance"])
        ratios = {
            name: found[name]["value"] / least for name in ("factors", "playlists") if name in found
        }
        told = ", ".join(f"{name} {ratio:.1f} ×" for name, ratio in ratios.items())
        against = "chance" if least == found["chance"] else "popularity"
        known = found.get("popularity before hiding", {}).get("value")
        beside = (
            "" if known is None else f"; popularity before hiding, if it were known: {known:.3f}"
        )
        reached = _yes(max(ratios.values()) >= COLD)
        yield goal, reached, f"{told} {against} ({least:.3f}){beside}"


def _yes(reached: bool) -> str:
    return "yes" if reached else "no"


def _apart(found: Mapping[str, float]) -> str:
    return f"{found['value']:+.4f}, 95 % {found['low']:+.4f} to {found['high']:+.4f}"


def _trial(figures: Figures) -> Iterator[str]:
    trial = figures.get("trial")
    if not trial:
        return
    learned = trial["learned_from"]
    yield "## Every method"
    yield (
        f"Learned from {learned['what']} ({learned['entries']:,} entries of "
        f"{learned['tracks']:,} tracks), asked about {trial['source']}; those of fewer than ten "
        "tracks are not asked."
    )
    yield "\n".join(f"- **{name}**: {words}" for name, words in _METHODS.items())
    for scenario, heading in scenarios_in_words(tuple(trial["scenarios"])).items():
        found = trial["scenarios"][scenario]
        yield f"### {heading} ({found['playlists']:,} playlists)"
        yield _methods(found["methods"])
    for note in trial["notes"]:
        yield f"Note: {note}."


def _methods(methods: Mapping[str, Figures]) -> str:
    names = ("r_precision_artist", "ndcg", "ndcg_found", "clicks", "recall_50", "recall_500")
    heads = ("method", "R-precision", *(METRICS[name] for name in names), "distinct", "plays")
    lines = []
    for name, found in methods.items():
        metrics = found["metrics"]
        first = metrics["r_precision"]
        lines.append(
            [
                name,
                f"{first['value']:.4f} ({first['low']:.4f}–{first['high']:.4f})",
                *(_number(metrics[each]["value"], each) for each in names),
                f"{found['liking']['distinct']:,.0f}",
                f"{found['liking']['popularity']:,.0f}",
            ]
        )
    return table(heads, lines)


def _number(value: float, metric: str) -> str:
    return f"{value:.1f}" if metric == "clicks" else f"{value:.4f}"


def _followed(figures: Figures) -> Iterator[str]:
    found = figures.get("followed")
    if not found:
        return
    yield "## With followed playlists added"
    yield (
        "The same playlists are continued, but 6,038 playlists with ten or more followers are "
        f"learned from too: {found['playlists']:,} playlists with {found['tracks']:,} tracks. They "
        "are long and full of what is popular, unlike those that are asked about."
    )
    lines = []
    for scenario, methods in found["scenarios"].items():
        for name, each in methods.items():
            change = each["change"]["r_precision"]
            lines.append(
                [
                    scenario,
                    name,
                    f"{each['metrics']['r_precision']['value']:.4f}",
                    _apart(change),
                    f"{each['change']['recall_500']['value']:+.4f}",
                ]
            )
    yield table(("seeds", "method", "R-precision", "change", "change of recall@500"), lines)


def _cold(figures: Figures) -> Iterator[str]:
    found = figures.get("cold")
    if not found:
        return
    yield "## Tracks that stand in no playlist"
    yield (
        f"{found['hidden_tracks']:,} of {found['tracks']:,} tracks are taken out of every playlist "
        f"that is learned from; {found['playlists']:,} playlists are asked for those of them that "
        "they hold, by their other tracks. The spaces `factors` and `playlists` place them by "
        "their content alone. **Among all tracks** they compete with those that everybody lists; "
        "**among themselves** they are a shelf of new releases. Popularity knows nothing of them. "
        "*Before hiding* is what it would find if it could know; nothing can."
    )
    recall = found["recall_500"]
    lines = []
    for name in recall["all"]:
        cells = []
        for among in ("all", "hidden"):
            value = recall[among][name]
            if isinstance(value, dict):
                cells.append(f"{value['value']:.4f} ({value['low']:.4f}–{value['high']:.4f})")
            else:
                cells.append(f"{value:.4f}")
        placed = found["placed"].get(name)
        lines.append([name, "" if placed is None else f"{placed:.0%}", *cells])
    yield table(("recall@500 by", "placed", "among all tracks", "among themselves"), lines)


def _chosen(figures: Figures) -> Iterator[str]:
    found = figures.get("chosen")
    if not found:
        return
    yield "## Parameters"
    split = figures.get("split", {})
    yield (
        f"Chosen on {split.get('validation', 400):,} playlists for validation by what was learned "
        f"from {split.get('train', 2800):,} others: the mean R-precision over half of the tracks, "
        "five and one as seeds. Playlists for testing had no part in it."
    )
    lines = []
    for space, each in found.items():
        parameters = ", ".join(f"{name} {value:g}" for name, value in each["parameters"].items())
        score = f"{each['score']:.4f} ({each['ordinary_score']:.4f} by the ordinary ones)"
        lines.append([space, parameters, score, f"{each['tries']}"])
    yield table(("space", "parameters", "R-precision", "tried"), lines)
