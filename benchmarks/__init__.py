"""What the fake costs, measured side by side with what it stands beside. Run as a module."""
