"""The pytest plugin: pytest loads this module and finds its hooks and fixtures here."""

from pytest_dmsconn.plugin.fixtures import (
    _dmsconn_loopback_server,
    dms_client,
    dmsconn,
    dmsconn_server,
)
from pytest_dmsconn.plugin.hooks import (
    pytest_addoption,
    pytest_configure,
    pytest_fixture_setup,
    pytest_itemcollected,
    pytest_runtest_call,
    pytest_runtest_makereport,
    pytest_runtest_setup,
)

__all__ = [
    "_dmsconn_loopback_server",
    "dms_client",
    "dmsconn",
    "dmsconn_server",
    "pytest_addoption",
    "pytest_configure",
    "pytest_fixture_setup",
    "pytest_itemcollected",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
]
