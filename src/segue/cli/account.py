"""``segue account`` and ``segue key``: who may come in, and what programs come in with."""

from __future__ import annotations

import getpass
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.verb import add
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from segue.catalogue.keys import Key
    from segue.cli.session import Session

accounts_app = typer.Typer(
    help="Accounts of listeners who sign in, where the setting `login` is on.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
keys_app = typer.Typer(
    help="Keys that programs ask with, and app passwords of players; each can be revoked.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The listener.", show_default=False)]
Stdin = Annotated[
    bool,
    typer.Option("--stdin", help="Read the password from the first line of stdin; ask nothing."),
]

_DAY = 86_400.0


def add_account(session: Session, *, name: Name, stdin: Stdin = False) -> None:
    """Give a listener an account; the password is asked for twice and not shown."""
    from segue.catalogue import accounts

    with session.open(create=True) as segue:
        made = accounts.add(segue.database, name, _password(stdin=stdin))
        on = segue.settings.login
    hint = "" if on else " Login is off: turn it on with SEGUE_LOGIN=true."
    session.answer(made, f"{made.name} can sign in.{hint}")


def list_accounts(session: Session) -> None:
    """List all accounts, and in how many browsers each is signed in."""
    from segue.catalogue import accounts, sessions

    with session.open() as segue:
        found = [
            (each, sessions.count(segue.database, each.name))
            for each in accounts.everyone(segue.database)
        ]
    document = [
        {"name": one.name, "created": one.created, "changed": one.changed, "sessions": browsers}
        for one, browsers in found
    ]
    shown = [
        f"{one.name}: since {_day(one.created)}, password of {_day(one.changed)}, "
        f"{browsers} {'browser' if browsers == 1 else 'browsers'} signed in"
        for one, browsers in found
    ]
    session.answer({"accounts": document, "count": len(found)}, *(shown or ["There are none."]))


def password(session: Session, *, name: Name, stdin: Stdin = False) -> None:
    """Set another password; every browser is signed out, keys stay."""
    from segue.catalogue import accounts

    with session.open() as segue:
        known = accounts.get(segue.database, name)
        changed = accounts.change(segue.database, known.name, _password(stdin=stdin))
    session.answer(changed, f"{changed.name} has another password, and is signed out everywhere.")


def remove(session: Session, *, name: Name) -> None:
    """Take an account away, with its sessions and keys; what the listener said stays."""
    from segue.catalogue import accounts

    with session.open() as segue:
        accounts.remove(segue.database, name)
    session.answer({"removed": name}, f"{name} has no account any more, and no keys.")


def make(
    session: Session,
    *,
    label: Annotated[
        str, typer.Argument(metavar="LABEL", help="What it is for.", show_default=False)
    ],
    listener: Annotated[
        str,
        typer.Option(metavar="NAME", help="In whose name it asks; blank is the owner."),
    ] = "",
    kind: Annotated[
        str, typer.Option(metavar="api|app", help="For programs, or for a player of OpenSubsonic.")
    ] = "api",
    scopes: Annotated[
        str,
        typer.Option(metavar="SCOPES", help="read, listen or write; each brings those before it."),
    ] = "listen",
    days: Annotated[
        float | None,
        typer.Option(metavar="N", help="Days until it expires; for good when left out."),
    ] = None,
) -> None:
    """Make a key, and show it this once."""
    from segue.catalogue import keys

    if days is not None and not 0 < days <= 36_500:
        raise BadRequestError(
            f"a key cannot be valid for {days:g} days", remedy="Take more than 0, at most 36500"
        )
    with session.open(create=True) as segue:
        key, secret = keys.make(
            segue.database,
            label=label,
            listener=listener,
            scopes={one.strip() for one in scopes.split(",") if one.strip()},
            kind=kind,
            expires=None if days is None else time.time() + days * _DAY,
        )
    what = "app password" if key.kind == "app" else "key"
    session.answer(
        {**_told(key), "secret": secret},
        f"The {what} for {key.label}, shown this once:",
        secret,
        f"Take it away: segue key revoke {key.id}",
    )


def list_keys(
    session: Session,
    *,
    listener: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of this listener alone; '' is the owner."),
    ] = None,
) -> None:
    """List keys and app passwords, the newest first; never what they are."""
    from segue.catalogue import keys

    with session.open() as segue:
        found = keys.of(segue.database, listener=listener)
    shown = [
        f"{key.id}: {key.label} ({key.kind}, of {key.listener or 'the owner'}, "
        f"{'+'.join(sorted(key.scopes))}, {_until(key)}, "
        f"{'never used' if key.used is None else f'last used {_day(key.used)}'})"
        for key in found
    ]
    session.answer(
        {"keys": [_told(key) for key in found], "count": len(found)},
        *(shown or ["There are none."]),
    )


def revoke(
    session: Session,
    *,
    key: Annotated[
        str,
        typer.Argument(metavar="ID", help="As `segue key list` shows it.", show_default=False),
    ],
) -> None:
    """Take a key or an app password away, from now on."""
    from segue.catalogue import keys

    with session.open() as segue:
        gone = keys.revoke(segue.database, key)
    session.answer({"revoked": _told(gone)}, f"{gone.label} opens nothing any more.")


def _password(*, stdin: bool) -> str:
    """A password, typed twice without being shown, or the first line of stdin."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadRequestError(
            "a password is typed at a terminal, and there is none",
            remedy="Hand it over on stdin: --stdin",
        )
    # To the terminal itself, so that stdout holds the answer alone.
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        raise BadRequestError("the two passwords differ", remedy="Type the same twice")
    return first


def _told(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "label": key.label,
        "listener": key.listener,
        "kind": key.kind,
        "scopes": sorted(key.scopes),
        "made": key.made,
        "expires": key.expires,
        "used": key.used,
    }


def _until(key: Key) -> str:
    if key.expires is None:
        return "for good"
    return (
        f"expired {_day(key.expires)}"
        if key.expires <= time.time()
        else (f"until {_day(key.expires)}")
    )


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at))


add(accounts_app, add_account, name="add")
add(accounts_app, list_accounts, name="list")
add(accounts_app, password)
add(accounts_app, remove)
add(keys_app, make)
add(keys_app, list_keys, name="list")
add(keys_app, revoke)
