"""A moto-style pytest plugin that fakes the connections of AWS DMS.

The names are loaded when they are first used: a test suite that has the plugin installed and does
not use it imports nothing of botocore.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_dmsconn.activation import mock_dms
    from pytest_dmsconn.calls import Call, Deletion
    from pytest_dmsconn.connection import Connection
    from pytest_dmsconn.errors import BlockedAwsCall, UsageError
    from pytest_dmsconn.fake import FakeDms
    from pytest_dmsconn.injection import Fault
    from pytest_dmsconn.named_resources import Endpoint, ReplicationInstance
    from pytest_dmsconn.outcomes import DELETE_OUTCOMES
    from pytest_dmsconn.serving import DmsServer
    from pytest_dmsconn.stack import current

__all__ = [
    "DELETE_OUTCOMES",
    "BlockedAwsCall",
    "Call",
    "Connection",
    "Deletion",
    "DmsServer",
    "Endpoint",
    "FakeDms",
    "Fault",
    "ReplicationInstance",
    "UsageError",
    "current",
    "mock_dms",
]

_HOMES = {
    "DELETE_OUTCOMES": "outcomes",
    "BlockedAwsCall": "errors",
    "Call": "calls",
    "Connection": "connection",
    "Deletion": "calls",
    "DmsServer": "serving",
    "Endpoint": "named_resources",
    "FakeDms": "fake",
    "Fault": "injection",
    "ReplicationInstance": "named_resources",
    "UsageError": "errors",
    "current": "stack",
    "mock_dms": "activation",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
