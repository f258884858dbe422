"""The client of `dms_client` is reused by later tests if it is unchanged."""

from __future__ import annotations

import pytest

SUITE = """
import os

import pytest
from botocore.stub import Stubber

clients = []

def leave_nothing(client, dmsconn):
    connection = dmsconn.add_connection()
    client.delete_connection(**connection.arns)
    client.get_paginator("describe_connections").paginate().build_full_result()
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_connection(**connection.arns)

def register_a_handler(client, dmsconn):
    client.meta.events.register("before-send", lambda **kwargs: None)

def register_a_handler_and_take_it_back(client, dmsconn):
    def handler(**kwargs): pass
    client.meta.events.register("before-send", handler)
    client.meta.events.unregister("before-send", handler)

def activate_a_stubber(client, dmsconn):
    Stubber(client).activate()

def use_up_retries(client, dmsconn):
    with dmsconn.fail("DescribeConnections", "ThrottlingException"):
        client.describe_connections()

def set_an_attribute(client, dmsconn):
    client.describe_connections = None

def set_an_attribute_of_the_config(client, dmsconn):
    client.meta.config.retries = None

def change_nested_configuration(client, dmsconn):
    client.meta.config.retries["max_attempts"] = 77

def replace_the_credentials(client, dmsconn):
    client._request_signer._credentials.access_key = "other"

def edit_the_environment(client, dmsconn):
    os.environ["AWS_MAX_ATTEMPTS"] = "7"

def test_one(dms_client, dmsconn):
    clients.append(dms_client)
    {leave}(dms_client, dmsconn)

def test_other(dms_client):
    assert (dms_client is clients[0]) is {handed_on}
    dms_client.describe_connections()
"""


@pytest.mark.parametrize(
    ("leave", "handed_on"),
    [
        ("leave_nothing", True),
        ("register_a_handler", False),
        ("register_a_handler_and_take_it_back", False),
        ("activate_a_stubber", False),
        ("use_up_retries", False),
        ("set_an_attribute", False),
        ("set_an_attribute_of_the_config", False),
        ("change_nested_configuration", False),
        ("replace_the_credentials", False),
        ("edit_the_environment", False),
    ],
)
def test_client_is_reused_only_if_it_is_unchanged(
    suite: pytest.Pytester, leave: str, *, handed_on: bool
) -> None:
    suite.makepyfile(SUITE.replace("{leave}", leave).replace("{handed_on}", str(handed_on)))

    result = suite.runpytest_inprocess()

    result.assert_outcomes(passed=2)


def test_client_is_new_if_the_test_changed_the_environment(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
        """
        clients = []

        def test_one(dms_client):
            clients.append(dms_client)

        def test_other(dmsconn, monkeypatch, request):
            monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
            client = request.getfixturevalue("dms_client")
            assert client is not clients[0]
            assert client.meta.config.retries["total_max_attempts"] == 7
        """
    )

    result = suite.runpytest_inprocess()

    result.assert_outcomes(passed=2)


def test_each_region_has_its_own_client(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("again", [1, 2])
        @pytest.mark.parametrize("region", [
            pytest.param(name, marks=pytest.mark.dmsconn(region=name))
            for name in ("eu-west-1", "us-west-2")
        ])
        def test_region(dms_client, region, again):
            assert dms_client.meta.region_name == region
        """
    )

    result = suite.runpytest_inprocess()

    result.assert_outcomes(passed=4)
