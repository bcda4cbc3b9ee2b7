"""The format `singer`: messages that any Singer target takes, a stream for each relation.

In: the rows of relations. Out: one file of SCHEMA, RECORD and STATE messages, or the same on the standard output.
"""
