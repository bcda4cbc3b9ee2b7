"""Proofs on software that nobody here wrote: a real server, filled through its own API, then pulled. Run by `make test-real`."""
