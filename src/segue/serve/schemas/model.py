"""What all shapes of the API share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

ID = "t2hv2mqylg3g7jvt"
"""A track's id, for examples: the one that "Slow Harbour" with its ISRC has in every catalogue."""

OTHER = "ts46knq5zjeexniy"
"""Another's."""


class Model(BaseModel):
    """What all shapes share: they are made of records, and never change."""

    model_config = ConfigDict(from_attributes=True, frozen=True)
