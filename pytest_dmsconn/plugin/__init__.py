"""The pytest plugin: what pytest finds here are its hooks and fixtures."""

from pytest_dmsconn.plugin.hooks import (
    INI_OPTIONS,
    _dmsconn_loopback_server,
    dms_client,
    dmsconn,
    dmsconn_server,
    pytest_addoption,
    pytest_configure,
    pytest_fixture_post_finalizer,
    pytest_fixture_setup,
    pytest_runtest_call,
    pytest_runtest_makereport,
    pytest_runtest_setup,
)

__all__ = [
    "INI_OPTIONS",
    "_dmsconn_loopback_server",
    "dms_client",
    "dmsconn",
    "dmsconn_server",
    "pytest_addoption",
    "pytest_configure",
    "pytest_fixture_post_finalizer",
    "pytest_fixture_setup",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
]
