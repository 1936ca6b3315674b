"""What all shapes of the API share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

ID = "trk_7Kq2mZ9f"
"""A track's id, for examples."""


class Model(BaseModel):
    """What all shapes share: they are made of records, and never change."""

    model_config = ConfigDict(from_attributes=True, frozen=True)
