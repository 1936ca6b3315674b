"""The public data sets that ``segue fetch`` knows: where they lie, what may be done with them.

None of them is part of Segue. Each comes from who publishes it, under that publisher's terms, and
is known by a digest: the publisher's own where one is published, else that of the copy Segue was
tried with.
"""

from __future__ import annotations

from dataclasses import dataclass

from segue.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set.

    Attributes
    ----------
    name
        What it is asked for by.
    title, holds
        What it is called, and what is in it, as a sentence.
    publisher
        Where its publisher describes it.
    licence
        What may be done with it, as sentences.
    file
        What the file is called.
    address
        Where it is fetched from; empty where its publisher gives it only to people who sign in, so
        that it has to be put into its place by hand.
    size
        Bytes; 0 where nobody says.
    digest
        The name of a digest, ``sha256`` or an older one that a publisher chose, and its value;
        both empty where none is published.
    leads_to
        The command that brings it into a catalogue, with ``FILE`` for its place.
    """

    name: str
    title: str
    holds: str
    publisher: str
    licence: str
    file: str
    address: str
    size: int
    digest: tuple[str, str]
    leads_to: str


_FMA = (
    "Metadata: Creative Commons Attribution 4.0. Audio: every track under the Creative Commons"
    " licence that its artist chose, which its metadata names; many allow no commercial use."
)

DATA_SETS: tuple[DataSet, ...] = (
    DataSet(
        name="spotify-tracks",
        title="Spotify Tracks Dataset",
        holds="114,000 rows of 114 genres with Spotify's audio features, as one table.",
        publisher="https://huggingface.co/datasets/maharshipandya/spotify-tracks-dataset",
        licence=(
            "Open Database License, as its author says where it was first published. The values"
            " come from Spotify, whose terms for developers may bind you too."
        ),
        file="spotify_tracks.csv",
        address=(
            "https://huggingface.co/datasets/maharshipandya/spotify-tracks-dataset"
            "/resolve/main/dataset.csv"
        ),
        size=20_118_244,
        digest=("sha256", "eb61599a1ff559e3906c348517e61d32b78e298e1b27b5627b54a29ebdb6b81c"),
        leads_to="segue import tracks FILE",
    ),
    DataSet(
        name="fma-metadata",
        title="FMA: metadata",
        holds="Titles, artists, genres and features of 106,574 tracks of the Free Music Archive.",
        publisher="https://github.com/mdeff/fma",
        licence=_FMA,
        file="fma_metadata.zip",
        address="https://os.unil.cloud.switch.ch/fma/fma_metadata.zip",
        size=358_412_441,
        digest=("sha1", "f0df49ffe5f2a6008d7dc83c6915b31835dfe733"),
        leads_to="unzip FILE",
    ),
    DataSet(
        name="fma-small",
        title="FMA: small",
        holds="8,000 clips of 30 s in 8 genres from the Free Music Archive, as MP3.",
        publisher="https://github.com/mdeff/fma",
        licence=_FMA,
        file="fma_small.zip",
        address="https://os.unil.cloud.switch.ch/fma/fma_small.zip",
        size=7_679_594_875,
        digest=("sha1", "ade154f733639d52e35e32f5593efe5be76c6d70"),
        leads_to="unzip FILE, then segue scan fma_small",
    ),
    DataSet(
        name="gtzan",
        title="GTZAN genre collection",
        holds="1,000 clips of 30 s in 10 genres, as WAV; artists repeat, and there are copies.",
        publisher="https://huggingface.co/datasets/marsyas/gtzan",
        licence=(
            "None is stated. The clips were collected in 2000 and 2001 without asking whose they"
            " are: for research of your own, and not to be passed on."
        ),
        file="gtzan_genres.tar.gz",
        address="https://huggingface.co/datasets/marsyas/gtzan/resolve/main/data/genres.tar.gz",
        size=1_225_571_541,
        digest=("md5", "5b3d6dddb579ab49814ab86dba69e7c7"),
        leads_to="tar -xf FILE, then segue scan genres",
    ),
    DataSet(
        name="mpd",
        title="Spotify Million Playlist Dataset",
        holds="A million playlists of listeners in the USA, made from 2010 to 2017.",
        publisher=("https://www.aicrowd.com/challenges/spotify-million-playlist-dataset-challenge"),
        licence=(
            "For research that is not commercial, under the terms of its challenge, to which you"
            " agree when you sign in there; not to be passed on."
        ),
        file="spotify_million_playlist_dataset.zip",
        address="",
        size=0,
        digest=("", ""),
        leads_to="segue import playlists FILE",
    ),
)


def named(name: str) -> DataSet:
    """The data set of that name.

    Raises
    ------
    NotFoundError
        There is none.
    """
    for one in DATA_SETS:
        if one.name == name.strip().lower():
            return one
    raise NotFoundError(
        f"no data set is called {name!r}",
        remedy=f"Those that Segue knows are {', '.join(one.name for one in DATA_SETS)}",
    )
