"""Options that say who works: processes of this machine, or the workers of a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from segue.errors import BadRequestError

Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        min=0,
        help="Processes of this machine; 0: one a core. Else the setting.",
    ),
]
Over = Annotated[
    str | None,
    typer.Option(
        "--over",
        metavar="ADDRESS",
        help="The Dask cluster that does it: dask://HOST:PORT, or dask+tls://HOST:PORT. Else the "
        "setting.",
    ),
]
As = Annotated[
    list[str] | None,
    typer.Option(
        "--as",
        metavar="HERE=THERE",
        help="What a folder is called where the cluster works: /music=/mnt/music; repeat for each.",
    ),
]


@dataclass(frozen=True, slots=True)
class Working:
    """Who works: the options, None where the settings decide."""

    jobs: Jobs = None
    over: Over = None
    over_as: As = None

    def changed(self) -> dict[str, object]:
        """The settings that they change, checked.

        Raises
        ------
        BadRequestError
            They make no sense, or no sense together.
        UnavailableError
            A cluster needs packages that are not installed.
        """
        changed: dict[str, object] = {}
        if self.jobs is not None:
            if self.over:
                raise BadRequestError(
                    "--jobs counts processes of this machine, and --over lets others work",
                    remedy="Give one of them; `dask worker --nworkers` says how many work there",
                )
            changed |= {"jobs": self.jobs, "over": ""}
        if self.over is not None:
            from segue.clusters import address_of

            if self.over:
                address_of(self.over)
            changed["over"] = self.over
        if self.over_as is not None:
            from segue.jobs.station import places_of

            changed["over_as"] = ",".join(self.over_as)
            places_of(",".join(self.over_as))
        return changed
