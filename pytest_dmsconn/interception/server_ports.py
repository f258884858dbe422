"""Where the servers of this process listen: requests to them go out over real HTTP."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"

NAMES = (LOOPBACK, "localhost")

ports: set[int] = set()
"""The ports that the servers of this process listen on."""


def is_own_server(url: str) -> bool:
    """Whether a URL leads to a server of this process; transports leave such requests alone."""
    if not ports:
        return False
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:
        return False  # no URL at all, which is not for this module to say
    return port in ports and address.hostname in NAMES
