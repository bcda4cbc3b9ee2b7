"""The format `parquet`: a typed, compressed file for each relation that has rows.

In: the rows of relations. Out: files that pandas, DuckDB, Spark and the like read. It needs pyarrow, which comes with the
extra `parquet` and is imported only when such a target is asked for.
"""
