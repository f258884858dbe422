"""The operations of DMS, and the resources that they act on."""
