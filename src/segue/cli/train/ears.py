"""``segue train sound`` and ``segue train genre``: networks that hear, taught with music."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from segue.cli.gathering import ArtistColumn, AudioColumn, Encoding  # noqa: TC001
from segue.cli.importing import RejectionsFile  # noqa: TC001 (typer reads it)
from segue.cli.working import Working  # noqa: TC001 (the options)

if TYPE_CHECKING:
    from segue.cli.session import Session

Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FOLDER",
        help="Folder of embedders: the network is written to FOLDER/sound or FOLDER/genre. With "
        "--library it is the catalogue's own.",
        show_default=False,
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="MUSIC",
        help="Learn from a folder of audio files and their tags. Where neither this nor --table is "
        "given, the music is that of the catalogue (--database).",
        show_default=False,
    ),
]
TableOption = Annotated[
    Path | None,
    typer.Option(
        "--table",
        metavar="FILE",
        help="Learn from the audio files that a CSV, TSV or Parquet file names, with its artists "
        "and genres.",
        show_default=False,
    ),
]
GenreColumn = Annotated[
    str,
    typer.Option(
        "--genre-column",
        metavar="COLUMN",
        help="The column with the genre, where it is not called genre or genres.",
        show_default=False,
    ),
]
Library = Annotated[
    bool,
    typer.Option(
        "--library",
        help="Learn from the catalogue, judge on artists held back, and put the network to work "
        "if it helps there.",
    ),
]
Hours = Annotated[
    float | None,
    typer.Option(
        "--hours",
        metavar="H",
        min=0,
        help="Time for everything: hearing files, learning, embedding. Says beforehand what fits.",
    ),
]
Steps = Annotated[
    int | None,
    typer.Option(
        "--steps",
        metavar="N",
        min=1,
        help="Most batches a network learns from; else as many as the music needs.",
        show_default=False,
    ),
]
Loss = Annotated[
    Literal["proxy", "multi-similarity", "nt-xent", "contrastive"],
    typer.Option("--loss", help="What likeness is learned by."),
]
PositivesOption = Annotated[
    Literal["artist", "track"] | None,
    typer.Option(
        "--positives",
        help="Windows that belong together: those of an artist, or of a track alone. Else artists "
        "where there are several with two tracks.",
        show_default=False,
    ),
]
Hard = Annotated[
    bool,
    typer.Option("--hard", help="Learn from the hardest strangers of a batch (contrastive loss)."),
]
AugmentationOption = Annotated[
    Literal["mel", "waveform", "none"],
    typer.Option(
        "--augmentation",
        help="Stretch and shift music on the mel grid, on the waveform (hearing takes forty "
        "times as long), or not at all.",
    ),
]
SpecAugment = Annotated[
    bool, typer.Option("--spec-augment/--no-spec-augment", help="Mask bands and frames.")
]
Gain = Annotated[
    float,
    typer.Option(
        "--gain", metavar="DB", min=0, help="Make windows louder or softer by so many dB."
    ),
]
Noise = Annotated[
    float,
    typer.Option("--noise", metavar="DB", min=0, help="Add noise of so many dB to every value."),
]
Start = Annotated[
    Path | None,
    typer.Option(
        "--start",
        metavar="FOLDER",
        help="Begin with what this network has learned, of sound or of genres. Else with the one "
        "of sound that comes with Segue.",
        show_default=False,
    ),
]
Scratch = Annotated[
    bool, typer.Option("--from-scratch", help="Begin with chance, with no other network.")
]
Device = Annotated[
    Literal["auto", "cpu", "cuda"],
    typer.Option("--device", help="What computes; auto takes a GPU where there is one."),
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", help="Settles everything that is left to chance.")
]


def sound(
    session: Session,
    *,
    also: Annotated[
        Literal["genre"] | None,
        typer.Argument(
            metavar="[genre]", help="Teach the network of genres too.", show_default=False
        ),
    ] = None,
    out: Out = None,
    folder: Folder = None,
    table: TableOption = None,
    library: Library = False,
    hours: Hours = None,
    steps: Steps = None,
    loss: Loss = "proxy",
    positives: PositivesOption = None,
    hard: Hard = False,
    augmentation: AugmentationOption = "mel",
    spec_augment: SpecAugment = False,
    gain: Gain = 0.0,
    noise: Noise = 0.0,
    start: Start = None,
    scratch: Scratch = False,
    device: Device = "auto",
    seed: Seed = 42,
    working: Working,
    audio_column: AudioColumn = "",
    artist_column: ArtistColumn = "",
    genre_column: GenreColumn = "",
    encoding: Encoding = None,
    rejections: RejectionsFile = None,
) -> None:
    """Teach a network what sounds like the same artist: the space `sound`.

    Learns from your own music: `segue train sound genre --library --hours 8` before you go to bed.
    Where nothing says what music, it is that of the catalogue (--database). With `genre` behind it,
    both networks learn from the same material. Stop it whenever you like: the same command goes on
    where it was.
    """
    from segue.cli.train.teaching import teach
    from segue.cli.train.wanted import Wanted

    teach(
        session,
        Wanted(
            spaces=("sound",) if also is None else ("sound", also),
            out=out,
            folder=folder,
            table=table,
            library=library,
            hours=hours,
            working=working,
            rejections=rejections,
            columns={"audio": audio_column, "artists": artist_column, "genre": genre_column},
            encoding=encoding,
            positives=positives,
            start=start,
            scratch=scratch,
            options={
                "steps": steps,
                "loss": loss,
                "hard": hard,
                "augmentation": augmentation,
                "masks": spec_augment,
                "gain": gain,
                "noise": noise,
                "device": device,
                "seed": seed,
            },
        ),
    )


def genre(
    session: Session,
    *,
    out: Out = None,
    folder: Folder = None,
    table: TableOption = None,
    library: Library = False,
    hours: Hours = None,
    steps: Steps = None,
    augmentation: AugmentationOption = "mel",
    spec_augment: SpecAugment = False,
    gain: Gain = 0.0,
    noise: Noise = 0.0,
    start: Start = None,
    scratch: Scratch = False,
    device: Device = "auto",
    seed: Seed = 42,
    working: Working,
    audio_column: AudioColumn = "",
    artist_column: ArtistColumn = "",
    genre_column: GenreColumn = "",
    encoding: Encoding = None,
    rejections: RejectionsFile = None,
) -> None:
    """Teach a network to name genres: the spaces `genre` and `genre_votes`.

    Learns the genres that your own tags (or a table) name. Where nothing says what music, it is
    that of the catalogue (--database). Stop it whenever you like: the same command goes on where it
    was. `segue train sound genre` teaches both networks at once.
    """
    from segue.cli.train.teaching import teach
    from segue.cli.train.wanted import Wanted

    teach(
        session,
        Wanted(
            spaces=("genre",),
            out=out,
            folder=folder,
            table=table,
            library=library,
            hours=hours,
            working=working,
            rejections=rejections,
            columns={"audio": audio_column, "artists": artist_column, "genre": genre_column},
            encoding=encoding,
            start=start,
            scratch=scratch,
            options={
                "steps": steps,
                "augmentation": augmentation,
                "masks": spec_augment,
                "gain": gain,
                "noise": noise,
                "device": device,
                "seed": seed,
            },
        ),
    )
