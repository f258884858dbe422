"""Example ARNs in the form of DMS."""

from __future__ import annotations

ENDPOINT_ARN = "arn:aws:dms:us-east-1:123456789012:endpoint:RAAR3R22XSH46S3PWLC3NJAWKM"
INSTANCE_ARN = "arn:aws:dms:us-east-1:123456789012:rep:6UTDJGBOUS3VI3SUWA66XFJCJQ"
