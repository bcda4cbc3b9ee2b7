"""Programs of somebody else's read what we wrote and must find the same: `make judges`."""
