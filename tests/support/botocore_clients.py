"""botocore clients of the tests' own making."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

# One for all tests: it reads botocore's model once. What a test does to a client, it does to that.
SESSION = boto3.Session(region_name="us-east-1")


def client_that_tries(attempts: int, region: str | None = None) -> Any:
    """A client that gives up after so many attempts; with one, a call is one attempt."""
    config = Config(retries={"total_max_attempts": attempts})
    return SESSION.client("dms", region_name=region, config=config)


def client_of(mode: str, **attempts: int) -> Any:
    """A client of a retry mode."""
    retries: Any = {"mode": mode, **attempts}
    return SESSION.client("dms", config=Config(retries=retries))
