"""What a fake changes in the process, as it is at one moment."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from pytest_dmsconn import interception

OWNERS = (
    ("botocore.httpsession", "URLLib3Session"),
    ("botocore.signers", "RequestSigner"),
    ("botocore.credentials", "InstanceMetadataProvider"),
    ("botocore.retries.bucket", "TokenBucket"),
    ("botocore.configloader", ""),
    ("botocore.endpoint", ""),
    ("botocore.waiter", ""),
    ("requests.sessions", "Session"),
    ("requests.adapters", "HTTPAdapter"),
    ("responses", "RequestsMock"),
    ("aiobotocore.endpoint", "AioEndpoint"),
    ("aiobotocore.httpsession", "AIOHTTPSession"),
    ("aiobotocore.signers", "AioRequestSigner"),
    ("moto.core.botocore_stubber", "BotocoreStubber"),
    ("time", ""),
    ("asyncio", ""),
    ("asyncio.tasks", ""),
)
"""The modules and classes in which fakes replace something."""

ADAPTERS = [
    f"{interception.__name__}.{path.stem}" for path in Path(interception.__path__[0]).glob("*.py")
]

Snapshot = dict[str, int | str]


def of_names() -> Snapshot:
    """Which object each attribute of `OWNERS` is, of those whose module is imported."""
    found: Snapshot = {}
    for module, name in OWNERS:
        imported = sys.modules.get(module)
        owner = getattr(imported, name, None) if name else imported
        if owner is not None:
            found |= {
                f"{module}.{name}.{attribute}": id(value)
                for attribute, value in list(vars(owner).items())
                if not attribute.startswith("__")
            }
    return found


def of_patched_names() -> dict[str, object]:
    """The value of each attribute that an imported adapter patches."""
    found: dict[str, object] = {}
    for adapter in ADAPTERS:
        for patch in getattr(sys.modules.get(adapter), "PATCHES", ()):
            owner, name = patch._owner, patch._name
            found[f"{owner.__name__}.{name}"] = vars(owner).get(name)
    return found


def of_environment() -> Snapshot:
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


def of_threads() -> Snapshot:
    return {f"thread {thread.name}": id(thread) for thread in threading.enumerate()}


def of_open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counting only


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """The names that are not what they were; those that came with an import are no difference."""
    return [name for name, value in before.items() if after.get(name) != value]
