"""botocore clients for tests."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

# Shared, so that botocore's model is read once. Tests may change a client, but not the session.
SESSION = boto3.Session(region_name="us-east-1")


def client_that_tries(attempts: int, region: str | None = None) -> Any:
    """A client that makes at most so many attempts for a call."""
    config = Config(retries={"total_max_attempts": attempts})
    return SESSION.client("dms", region_name=region, config=config)


def client_of(mode: str, **attempts: int) -> Any:
    """A client with a retry mode."""
    retries: Any = {"mode": mode, **attempts}
    return SESSION.client("dms", config=Config(retries=retries))
