"""The names of waitress that the server overrides or reads are there."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from waitress import channel, parser, receiver, server, task, wasyncore

CLASS_NAMES = {
    server.TcpWSGIServer: ["channel_class", "add_task", "pull_trigger", "accept", "readable"],
    channel.HTTPChannel: [
        "task_class",
        "error_task_class",
        "request",
        "received",
        "service",
        "write_soon",
        "_flush_some",
        "total_outbufs_len",
        "close_when_flushed",
        "handle_read",
        "handle_write",
        "handle_expt",
        "handle_close",
    ],
    parser.HTTPRequestParser: [
        "received",
        "parse_header",
        "header_plus",
        "body_rcv",
        "error",
        "completed",
        "expect_continue",
        "connection_close",
    ],
    receiver.ChunkedReceiver: ["chunk_remainder", "control_line", "trailer"],
    task.Task: ["close_on_finish"],
}
INSTANCE_NAMES = [
    (server.BaseWSGIServer, "active_channels"),
    (server.BaseWSGIServer, "trigger"),
    (channel.HTTPChannel, "requests"),
    (channel.HTTPChannel, "outbuf_lock"),
    (channel.HTTPChannel, "parser_class"),
    (parser.HTTPRequestParser, "headers"),
]


@pytest.mark.parametrize(
    ("owner", "name"),
    [(owner, name) for owner, names in CLASS_NAMES.items() for name in names],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_a_class_of_waitress_has_a_name(owner: Any, name: str) -> None:
    assert hasattr(owner, name), f"{owner.__name__}.{name} is gone; the server uses it."


@pytest.mark.parametrize(
    ("owner", "name"), INSTANCE_NAMES, ids=lambda part: getattr(part, "__name__", part)
)
def test_an_object_of_waitress_has_a_name(owner: Any, name: str) -> None:
    text = inspect.getsource(owner)
    assert f"self.{name}" in text, f"{owner.__name__}.{name} is gone; the server uses it."


def test_waitress_receives_a_round_at_a_time() -> None:
    assert "count" in inspect.signature(wasyncore.loop).parameters, (
        "wasyncore.loop takes no count; the server receives one round at a time."
    )
