"""Connectors with exactly one defect each, such as a real author makes. The conformance kit must fail every one of them.

Each module holds `Broken`, a subclass of the good connector in tests/acme, and `CAUGHT_BY`, the name of the check meant for it.
"""
