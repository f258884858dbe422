"""Output of the AWS CLI for two connections, their endpoints and their replication instance."""

from __future__ import annotations

import datetime as dt
from typing import Any

ACCOUNT = "arn:aws:dms:us-east-1:123456789012"
EMPTY: dict[str, Any] = {"Connections": [], "Endpoints": [], "ReplicationInstances": []}

CONNECTIONS: dict[str, Any] = {
    "Connections": [
        {
            "ReplicationInstanceArn": f"{ACCOUNT}:rep:NIGHTLY",
            "EndpointArn": f"{ACCOUNT}:endpoint:ORDERS",
            "Status": "successful",
            "EndpointIdentifier": "orders",
            "ReplicationInstanceIdentifier": "nightly",
        },
        {
            "ReplicationInstanceArn": f"{ACCOUNT}:rep:NIGHTLY",
            "EndpointArn": f"{ACCOUNT}:endpoint:CUSTOMERS",
            "Status": "failed",
            "LastFailureMessage": "Test Endpoint failed: Application-Status: 1020912",
            "EndpointIdentifier": "customers",
            "ReplicationInstanceIdentifier": "nightly",
        },
    ]
}
ENDPOINTS: dict[str, Any] = {
    "Endpoints": [
        {
            "EndpointIdentifier": "orders",
            "EndpointType": "TARGET",
            "EngineName": "aurora-postgresql",
            "EngineDisplayName": "Amazon Aurora PostgreSQL",
            "Port": 5432,
            "Status": "active",
            "EndpointArn": f"{ACCOUNT}:endpoint:ORDERS",
            "SslMode": "none",
            "PostgreSQLSettings": {"DatabaseName": "orders", "Port": 5432},
        },
        {
            "EndpointIdentifier": "customers",
            "EndpointType": "SOURCE",
            "EngineName": "mysql",
            "Status": "active",
            "EndpointArn": f"{ACCOUNT}:endpoint:CUSTOMERS",
        },
    ]
}
INSTANCES: dict[str, Any] = {
    "ReplicationInstances": [
        {
            "ReplicationInstanceIdentifier": "nightly",
            "ReplicationInstanceClass": "dms.r5.large",
            "ReplicationInstanceStatus": "modifying",
            "AllocatedStorage": 50,
            "InstanceCreateTime": "2024-05-01T12:30:15.123000+00:00",
            "EngineVersion": "3.5.2",
            "AutoMinorVersionUpgrade": True,
            "ReplicationInstanceArn": f"{ACCOUNT}:rep:NIGHTLY",
            "PendingModifiedValues": {},
            "ReplicationInstancePrivateIpAddresses": ["10.0.0.7"],
        }
    ]
}
CREATED = dt.datetime(2024, 5, 1, 12, 30, 15, 123000, tzinfo=dt.timezone.utc)
