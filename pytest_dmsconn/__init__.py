"""A moto-style pytest plugin that fakes the connections of AWS DMS.

Names are imported when they are first used. A test suite that does not use the plugin imports
nothing of botocore.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_dmsconn.dms.resources import Connection, Endpoint, ReplicationInstance
    from pytest_dmsconn.dms.status import Status
    from pytest_dmsconn.errors import BlockedAwsCall, EndlessWait, UsageError
    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.interception.mock_dms import mock_dms
    from pytest_dmsconn.interception.stack import current
    from pytest_dmsconn.plugin.delete_outcomes import DELETE_OUTCOMES, DeleteOutcome
    from pytest_dmsconn.protocol.calls import Call, Deletion
    from pytest_dmsconn.protocol.fault_injection import Fault
    from pytest_dmsconn.protocol.injectable_errors import ErrorName
    from pytest_dmsconn.protocol.routing import OperationName
    from pytest_dmsconn.server.dms_server import DmsServer

__all__ = [
    "DELETE_OUTCOMES",
    "BlockedAwsCall",
    "Call",
    "Connection",
    "DeleteOutcome",
    "Deletion",
    "DmsServer",
    "EndlessWait",
    "Endpoint",
    "ErrorName",
    "FakeDms",
    "Fault",
    "OperationName",
    "ReplicationInstance",
    "Status",
    "UsageError",
    "current",
    "mock_dms",
]

_MODULES = {
    "DELETE_OUTCOMES": "plugin.delete_outcomes",
    "BlockedAwsCall": "errors",
    "Call": "protocol.calls",
    "Connection": "dms.resources",
    "DeleteOutcome": "plugin.delete_outcomes",
    "Deletion": "protocol.calls",
    "DmsServer": "server.dms_server",
    "EndlessWait": "errors",
    "Endpoint": "dms.resources",
    "ErrorName": "protocol.injectable_errors",
    "FakeDms": "fake.fake_dms",
    "Fault": "protocol.fault_injection",
    "OperationName": "protocol.routing",
    "ReplicationInstance": "dms.resources",
    "Status": "dms.status",
    "UsageError": "errors",
    "current": "interception.stack",
    "mock_dms": "interception.mock_dms",
}


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
