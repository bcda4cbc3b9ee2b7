"""Entities as relations: tables whose columns have a type and a name for programs, with keys and links between them.

In: the model, and the entities of an archive. Out: the same relations for every source, and their rows, one entity at a time.
Databases, Parquet and Singer take them.
"""
