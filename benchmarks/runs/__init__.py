"""The work that is measured: each module is run as a process of its own, does one thing, and prints one line of JSON.

`dlt_pull.py` and `singer_tap.py` are run by the Python of the peer's environment and import nothing of ours.
"""
