"""The page of words, from the vocabulary that reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.words import LONGEST, MOST, particles, scales, vocabulary
from segue.words.vocabulary import HIGH, LOW, MIDDLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENDS = {HIGH: "high", MIDDLE: "in the middle", LOW: "low"}


def page(made: str) -> str:
    """Everything words can say, and how much of it is meant."""
    parts = [
        "# Words",
        made,
        'Segue reads descriptions: `segue wish "slow, minor, acoustic, 1970s, like Portishead but '
        'calmer"`. It knows the words\nof this page, the genres, emotions, languages and labels of '
        "your catalogue, and the names of its artists and tracks.\nWhat every phrase was taken for "
        "is said before the answer; what nobody knows is said too, with words that look\nlike it. "
        "Nothing is sent anywhere, and no model of language is asked.",
        f"A description has at most {MOST} words and {LONGEST:,} characters. It is read from left "
        "to right, and the longest\nphrase counts. “And”, “but” and commas stand between things; "
        "“or” carries a “not” on.",
        _small(),
        _degrees(),
        "## Qualities\n\n" + _qualities(vocabulary.QUALITIES),
        "## Occasions\n\nCustom, not measurement: what people want of music for them.\n\n"
        + _qualities(vocabulary.OCCASIONS),
        _numbers(),
        _amounts(),
        _others(),
        _sending(),
    ]
    return "\n\n".join(parts) + "\n"


def _small() -> str:
    rows = [
        ("like what is named", particles.LIKE, "“like Portishead”, “like Glory Box by Portishead”"),
        ("unlike it", particles.UNLIKE, "“unlike Nickelback”"),
        ("only by these artists", particles.BY, "“acoustic songs by Nirvana”"),
        (
            "not",
            particles.NOT,
            "“not sad”, “no vocals”, “not by Drake”, “metal but not death metal”",
        ),
        ("more", particles.MORE, "“more acoustic”"),
        ("less", particles.LESS, "“less energetic than Metallica”"),
        ("insisted on", particles.FIRM, "“only calm”"),
        ("not insisted on", particles.SOFT, "“preferably 120 bpm”"),
        ("a word of titles and labels", particles.ABOUT, "“about rivers”"),
        ("the same, before “songs”", particles.THEMES, "“love songs”; “songs by Love” the artist"),
    ]
    told = (f"| {what} | {_said(words)} | {such} |" for what, words, such in rows)
    return "\n".join(
        (
            "## What is said of what",
            "",
            "| meaning | words | such as |",
            "|---|---|---|",
            *told,
            "",
            "A name in quotes is always a name. Without them, and without “like”, an artist whose "
            "name is made of words of this page\nis not meant: “slow jazz” is slow and jazz, "
            "“like Slow Jazz” the artist. Behind “like”, a part of a name will do.",
            "",
            "“Calmer” and “more acoustic” compare with what is named, in the words or beside them: "
            "with the median of its tracks,\nof an artist the 20 best known. Where nothing is "
            "named they mean “calm” and “acoustic”.",
        )
    )


def _degrees() -> str:
    rows = []
    for degree, (least, most) in scales.PARTS.items():
        words = particles.DEGREES.get(degree, ())
        high = f"from {least:.0%} to {most:.0%} of the tracks"
        rows.append(f"| {_said(words) if words else '(nothing)'} | {high} |")
    least, most = scales.MEDIUM
    rows.append(f"| {_said(vocabulary.ENDS[MIDDLE])} | from {least:.0%} to {most:.0%} |")
    known = ", ".join(scales.YES_OR_NO)
    limits = [scales.limits()[name] for name in scales.YES_OR_NO]
    low, high = (", ".join(f"{pair[end]:g}" for pair in limits) for end in (0, 1))
    return "\n".join(
        (
            "## How much",
            "",
            "What is high is measured by the catalogue: its tracks are put in order, and “fast” "
            "are the last quarter by tempo.",
            "",
            "| degree | high is |",
            "|---|---|",
            *rows,
            "",
            "Low is the mirror image, and “not high” all the rest; “not very high” is “not high”. "
            f"Some numbers say rather\nwhether something is so than how much: {known}. They go by "
            f"fixed\nlimits: low is up to {low}, high from {high} on.",
            "",
            "Where fewer than ten tracks are left, and fewer than asked for, words are widened one "
            "after the other, to the\nmiddle of the catalogue and then for good, and the answer "
            "says so. Numbers that are written out stay.",
        )
    )


def _qualities(qualities: Sequence[vocabulary.Quality]) -> str:
    rows = []
    for quality in qualities:
        wants = ", ".join(f"{number} {_ENDS[end]}" for number, end in quality.wants)
        note = " (the genre, where your catalogue has one called so)" if quality.yields else ""
        note += " (“no” asks for the opposite)" if quality.flips else ""
        rows.append(f"| {wants}{note} | {_said(quality.words)} | {_said(quality.comparing)} |")
    return "\n".join(("| means | words | compares |", "|---|---|---|", *rows))


def _numbers() -> str:
    rows = (f"| {number} | {_said(names)} |" for number, names in vocabulary.NUMBERS.items())
    ends = "; ".join(f"{_ENDS[end]}: {_said(words)}" for end, words in vocabulary.ENDS.items())
    return "\n".join(
        (
            "## Numbers by name",
            "",
            f"Before a name: {ends}.",
            "",
            "| number | names |",
            "|---|---|",
            *rows,
        )
    )


def _amounts() -> str:
    rows = (
        (
            "between two",
            particles.BETWEEN + particles.TO,
            "“100-120 bpm”, “between 2 and 3 minutes”",
        ),
        ("about one", particles.AROUND, "“around 90 bpm” to 5 %, “90 bpm” to 2 %; lengths to 15 %"),
        ("at most", particles.UNDER + particles.UNTIL, "“under 4 minutes”"),
        ("at least", particles.OVER + particles.SINCE, "“over 120 bpm”, “since 1990”"),
        ("before", particles.BEFORE, "“before the 80s”"),
        ("after", particles.AFTER, "“after 1999”"),
        ("and more", particles.ONWARDS, "“120+ bpm”, “from 1995 on”"),
        ("and less", particles.BACKWARDS, "“140 bpm or slower”"),
    )
    told = (f"| {what} | {_said(words)} | {such} |" for what, words, such in rows)
    return "\n".join(
        (
            "## Amounts",
            "",
            f"Units: {_said(particles.UNITS)}. Lengths may be written as 3:30. Four digits from "
            "1900 on are a year;\n“70s”, “1970s”, “seventies”, “early 70s”, “late 70s” are decades "
            "and parts of them.",
            "",
            "| range | words | such as |",
            "|---|---|---|",
            *told,
        )
    )


def _others() -> str:
    flags = ", ".join(
        f"{word} ({'' if value else 'not '}{name})"
        for word, (name, value) in vocabulary.FLAGS.items()
    )
    genres = "; ".join(f"{one}: {' or '.join(names)}" for one, names in vocabulary.GENRES.items())
    return "\n".join(
        (
            "## Keys, conditions, genres, languages",
            "",
            f"- Modes: {_said(vocabulary.MODES)}. Keys: “in A minor”, “F# major”, “the key of D”, "
            f"“8A” on the Camelot wheel; “H minor” is B "
            f"minor;\n  {_said(particles.COMPATIBLE)}: keys that mix well.",
            f"- Conditions: {flags}.",
            f"- Genres of the catalogue by their names, with or without gaps, and: {genres}.",
            f"- Languages that tags name: “in French” and so on for {_said(vocabulary.LANGUAGES)}.",
            f"- Passed over: {', '.join(sorted(particles.IGNORED))}.",
        )
    )


def _sending() -> str:
    return "\n".join(
        (
            "## Changing what was understood",
            "",
            '`segue wish "calm jazz" --read --json > said.json` says it as a document. Change what '
            "you like, and send it back:\n`segue wish --understood said.json`. In Python:",
            "",
            "```python",
            'said = segue.understood("calm jazz, like Nina Simone")',
            "segue.mix(words=said)",
            "```",
        )
    )


def _said(words: Iterable[str]) -> str:
    return ", ".join(words)
