"""What DMS does: its operations and the resources they act on."""
