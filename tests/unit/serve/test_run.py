"""The socket a server listens on: bound at once, or a plain reason why not."""

from __future__ import annotations

import errno
import socket

import pytest

from segue.errors import BadRequestError, BusyError, UnavailableError
from segue.serve.run import address_of, listening


def test_port_0_takes_a_free_one_and_gives_it_back() -> None:
    with listening("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
        assert address_of(bound) == f"http://127.0.0.1:{port}"
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    with listening("127.0.0.1", port) as again:
        assert again.getsockname()[1] == port


def test_a_port_in_use_is_busy_with_another_to_take() -> None:
    with (
        listening("127.0.0.1", 0) as bound,
        pytest.raises(BusyError, match="in use by another program") as raised,
        listening("127.0.0.1", bound.getsockname()[1]),
    ):
        pytest.fail("two servers on one port")
    assert "--port" in raised.value.remedy


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "a b", "x" * 300])
def test_a_host_that_is_not_this_machine(host: str) -> None:
    with pytest.raises(BadRequestError, match="not an address of this machine"), listening(host, 0):
        pytest.fail("bound to another machine")


def test_a_port_of_the_system_needs_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(self: socket.socket, address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", denied)
    with pytest.raises(UnavailableError, match="port 80 is reserved"), listening("127.0.0.1", 80):
        pytest.fail("bound without the right to")


def test_every_address_of_this_machine_is_shown_as_localhost() -> None:
    with listening("0.0.0.0", 0) as bound:  # noqa: S104 (what is tested)
        assert address_of(bound) == f"http://localhost:{bound.getsockname()[1]}"


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    class Bound:
        def getsockname(self):
            return ("::1", 8765, 0, 0)

    assert address_of(Bound()) == "http://[::1]:8765"
