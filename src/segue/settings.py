"""Every setting: its default, its meaning, its environment variable.

One list, read by the command line, by ``docs/settings.md`` and by a test that compares them.
A setting ``listen_port`` is set by ``SEGUE_LISTEN_PORT`` or by a line of the same name in a
file ``.env`` in the working folder; set to nothing, it is as if it were not set. Options on the
command line win over both.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_WEB_ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/[\w.~/-]*)?"
)

_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?")

CLUSTER_ADDRESS = re.compile(r"(dask(\+tls)?|tcp|tls)://([\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}")
"""How the scheduler of a cluster is written."""

EVERYONE_MAY = "everyone may"
"""What `Settings.open_to_all` says, where it says anything."""


class Settings(BaseSettings):
    """What can be set, and what it is when nobody sets it."""

    model_config = SettingsConfigDict(
        env_prefix="SEGUE_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database: str = Field(
        default="segue.db",
        description="The catalogue: a file (SQLite) or a database URL.",
    )
    host: str = Field(default="127.0.0.1", description="Address the web server listens on.")
    port: int = Field(default=8765, ge=0, le=65535, description="Port the web server listens on.")
    allowed_hosts: str = Field(
        default="",
        description=(
            "Names the web server may be reached under beside localhost and plain addresses, "
            "separated by commas; `*` allows every name."
        ),
    )
    base_path: str = Field(
        default="",
        description=(
            "Path that all pages lie under, as `/segue`, where a proxy shows them below a host's "
            "root; whether the proxy takes it away or passes it on does not matter."
        ),
    )
    trusted_proxies: str = Field(
        default="",
        description=(
            "Addresses and networks of reverse proxies, separated by commas, whose "
            "`X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` are believed; `*` believes all, "
            "for a server that nothing but its proxy can reach."
        ),
    )
    login: bool = Field(
        default=False,
        description=(
            "Whether pages need an account and programs a key; `segue account add NAME` makes an "
            "account."
        ),
    )
    open_to_all: str = Field(
        default="",
        description=(
            "The sentence `everyone may` lets the web server listen beyond this machine without "
            "login: whoever reaches it may then do everything."
        ),
    )
    requests_per_minute: int = Field(
        default=0, ge=0, description="Most requests of one key in a minute; 0 is any number."
    )
    cors_origins: str = Field(
        default="",
        description=(
            "Sites whose scripts may ask the API from browsers, separated by commas, each exactly "
            "as `https://music.example`; they need a key where `login` is on."
        ),
    )
    framed_by: str = Field(
        default="",
        description=(
            "Sites that may show Segue's pages in a frame of theirs, separated by commas, each as "
            "`https://music.example`; none may as it is: a click there may be meant for their page."
        ),
    )
    results: int = Field(default=10, ge=1, le=500, description="Recommendations per answer.")
    per_artist: int = Field(
        default=2, ge=1, description="Most recommendations by one artist in one answer."
    )
    per_album: int = Field(
        default=0, ge=0, description="Most recommendations of one album in one answer; 0 is any."
    )
    diversity: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="How much unlike each other recommendations are, 0 to 1.",
    )
    excerpt_seconds: float = Field(
        default=30.0,
        ge=0,
        description="Seconds from the middle of a file that are described; 0 means all of it.",
    )
    excerpts: int = Field(
        default=1,
        ge=1,
        le=20,
        description="Excerpts that share these seconds, spread over the file.",
    )
    jobs: int = Field(
        default=0, ge=0, description="Processes that analyse audio; 0 means one per core."
    )
    over: str = Field(
        default="",
        description=(
            "Dask cluster that analyses audio in place of this machine's processes, as "
            "`dask://HOST:PORT` or `dask+tls://HOST:PORT` (docs/cluster.md)."
        ),
    )
    over_as: str = Field(
        default="",
        description="What folders are called where a cluster works, as `/music=/mnt/music, …`.",
    )
    memory_megabytes: int = Field(
        default=4096,
        ge=200,
        description="Memory that all analysing processes may take together.",
    )
    niceness: int = Field(
        default=10,
        ge=0,
        le=19,
        description="How far analysis steps back for other programs; 0 is not at all.",
    )
    longest_hours: float = Field(
        default=3.0,
        gt=0,
        description="Files longer than this get no waveform, loudness and fingerprint.",
    )
    cache_folder: Path | None = Field(
        default=None,
        description=(
            "Where descriptors are kept between runs; empty means `segue` in the user's cache "
            "folder."
        ),
    )
    cache_megabytes: int = Field(
        default=1024,
        ge=0,
        description=(
            "Most the cache may take, fetched previews aside; what was used longest ago goes "
            "first. 0 is no cache."
        ),
    )
    cache_spectrograms: bool = Field(
        default=False,
        description="Whether mel spectrograms are cached too, for training (330 kB a track).",
    )
    attributes_model: Path | None = Field(
        default=None,
        description=(
            "Folder of the model that predicts attributes from sound, as `segue train attributes` "
            "writes it; empty means that they are estimated."
        ),
    )
    models_folder: Path | None = Field(
        default=None,
        description=(
            "Folder of embedders, one subfolder a space, as `segue train sound genre` writes them; "
            "empty means `NAME.models` beside the catalogue `NAME.db`."
        ),
    )
    file_seconds: float = Field(
        default=60.0, gt=0, description="Longest time one file may take to analyse."
    )
    rescan_hours: float = Field(
        default=0.0,
        ge=0,
        description=(
            "Hours after which `segue serve` looks through every known music folder again; 0 is "
            "never."
        ),
    )
    upload_megabytes: int = Field(default=200, ge=1, description="Largest file the web page takes.")
    uploads_megabytes: int = Field(
        default=4000,
        ge=1,
        description="Most that files listeners brought may take together, until they expire.",
    )
    upload_days: float = Field(
        default=7.0, gt=0, description="Days after which a file a listener brought is forgotten."
    )
    upload_folder: Path | None = Field(
        default=None,
        description=(
            "Music folder for files that listeners add to the catalogue; empty means `NAME.music` "
            "beside the catalogue `NAME.db`."
        ),
    )
    playlist_folder: Path | None = Field(
        default=None,
        description=(
            "Folder that playlists may be written to from their page, such as one beside the "
            "music; empty means that none is written, only downloaded."
        ),
    )
    demo_folder: Path = Field(
        default=Path("var/demo"), description="Where the demo music and its catalogue live."
    )
    live_listeners: int = Field(
        default=4,
        ge=0,
        le=100,
        description="Most listeners whose sound is heard live at a time; 0 is nobody.",
    )
    cache_url: str = Field(
        default="",
        description=(
            "Where answers of services elsewhere are kept: a Redis server, as "
            "`redis://localhost:6379/0`, which several processes share; empty means the memory of "
            "the process."
        ),
    )
    spotify_id: str = Field(
        default="",
        description=(
            "Client ID of an app registered with Spotify; with the secret it lets Segue ask "
            "Spotify for covers and playlists (docs/spotify.md). Empty means that it never does."
        ),
    )
    spotify_secret: SecretStr = Field(
        default=SecretStr(""), description="The client secret that belongs to it."
    )
    spotify_url: str = Field(
        default="https://api.spotify.com", description="Address of Spotify's Web API."
    )
    spotify_accounts_url: str = Field(
        default="https://accounts.spotify.com",
        description="Address that gives out Spotify's access tokens.",
    )
    spotify_open_url: str = Field(
        default="https://open.spotify.com", description="Address of Spotify's oEmbed service."
    )
    processes: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processes that answer, on one port (docs/watching.md).",
    )
    production: bool = Field(
        default=False,
        description=(
            "Whether `segue serve` refuses to start without what a server for strangers needs: "
            "login, an account, `allowed_hosts`, passwords of the services it asks."
        ),
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        description=(
            "How `segue serve` writes its log: `text` for people, or `json`, an object a line "
            "with the id of the request, and a line for every request."
        ),
    )
    slow_query_ms: int = Field(
        default=0,
        ge=0,
        description=(
            "Milliseconds from which on a statement or a transaction of the catalogue is written "
            "to the log, without what it was asked about; 0 is never."
        ),
    )
    otel_url: str = Field(
        default="",
        description=(
            "Address of an OpenTelemetry collector that takes OTLP over HTTP, as "
            "`http://localhost:4318`, which is sent a span for every request; empty sends none."
        ),
    )

    database_connections: int = Field(
        default=10,
        ge=1,
        le=1000,
        description=(
            "Connections to a PostgreSQL server that one process keeps open; as many again may be"
            " open for a moment."
        ),
    )
    database_wait_seconds: float = Field(
        default=10.0,
        gt=0,
        description=(
            "How long a PostgreSQL server may take to let Segue in, and a request waits for a"
            " connection while all are in use."
        ),
    )
    database_busy_seconds: float = Field(
        default=5.0,
        gt=0,
        description="How long a write waits while another program writes to the catalogue.",
    )

    work: bool = Field(
        default=True,
        description=(
            "Whether `segue serve` does queued work itself; false leaves it to `segue worker` "
            "(docs/workers.md)."
        ),
    )
    queue_url: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "Where workers are told that there is work: a Redis or PostgreSQL server, or "
            "`sqlite:///FILE`; empty means beside the catalogue, or its server."
        ),
    )
    brought_folder: Path | None = Field(
        default=None,
        description=(
            "Where files that listeners bring lie until they expire, a folder that servers and "
            "workers share, for one catalogue alone; empty means `NAME.uploads` beside the "
            "catalogue `NAME.db`, and for a database on a server a folder of its own in the cache."
        ),
    )
    index: Literal["", "pgvector"] = Field(
        default="", description="`pgvector` has the catalogue's server search (docs/scale.md)."
    )
    derived_folder: Path | None = Field(
        default=None,
        description=(
            "Where files lie that follow from the catalogue, such as built snapshots and indexes; "
            "empty means `NAME.derived` beside the catalogue `NAME.db`, and for a database on a "
            "server a folder in the cache."
        ),
    )

    @field_validator("over")
    @classmethod
    def _scheduler(cls, given: str) -> str:
        """The address of a scheduler, or nothing."""
        if given and not CLUSTER_ADDRESS.fullmatch(given):
            raise ValueError("it should look like dask://HOST:PORT or dask+tls://HOST:PORT")
        return given

    @field_validator("base_path")
    @classmethod
    def _plain_path(cls, given: str) -> str:
        """Slashes in front and between only; letters that need no quoting."""
        names = [name for name in given.split("/") if name]
        if not all(re.fullmatch(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*", name) for name in names):
            raise ValueError("it should look like /segue: letters, digits, '-', '_', '.' and '~'")
        return "".join(f"/{name}" for name in names)

    @field_validator("spotify_url", "spotify_accounts_url", "spotify_open_url", "otel_url")
    @classmethod
    def _web_address(cls, given: str, info: ValidationInfo) -> str:
        """With a scheme and a host, without a password, a query or a slash at the end."""
        if (given or info.field_name != "otel_url") and not _WEB_ADDRESS.fullmatch(given):
            raise ValueError("it should look like https://name.example or http://localhost:4318")
        return given.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, given: str) -> str:
        """Every one an address or a network; host bits of a network do not count."""
        named = [name.strip() for name in given.split(",") if name.strip()]
        try:
            known = [one if one == "*" else str(ip_network(one, strict=False)) for one in named]
        except ValueError as error:
            raise ValueError("it should list addresses and networks as 10.0.0.0/8") from error
        return ", ".join(known)

    @field_validator("open_to_all")
    @classmethod
    def _in_words(cls, given: str) -> str:
        """The sentence itself: nobody writes it by mistake."""
        if given.strip() not in {"", EVERYONE_MAY}:
            raise ValueError(f"it should be the sentence '{EVERYONE_MAY}', or nothing")
        return given.strip()

    @field_validator("cors_origins", "framed_by")
    @classmethod
    def _origins(cls, given: str) -> str:
        """Each a protocol and a host, and nothing behind it."""
        named = [name.strip().casefold() for name in given.split(",") if name.strip()]
        if not all(_ORIGIN.fullmatch(name) for name in named):
            raise ValueError("it should list origins as https://music.example, without a path")
        return ", ".join(named)
