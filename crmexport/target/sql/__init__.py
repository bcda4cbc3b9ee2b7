"""The format `sql`: relations as the typed tables of a database, an SQLite file or whatever SQLAlchemy reaches.

In: the rows of relations. Out: tables with keys, links and comments, written in one transaction. It replaces only tables that it
made itself, and tells nobody the password of a database.
"""
