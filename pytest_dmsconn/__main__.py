"""Run `python -m pytest_dmsconn`."""

from __future__ import annotations

import sys

from pytest_dmsconn.server.serve_command import main

if __name__ == "__main__":
    sys.exit(main())
