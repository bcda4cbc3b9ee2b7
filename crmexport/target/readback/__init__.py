"""Read written files back, independently of the code that wrote them, and say what they hold, row by row.

In: a file. Out: its rows, in flat memory. It shares nothing with the writers, so that a mistake of theirs cannot hide here.
"""
