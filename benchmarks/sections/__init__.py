"""One module a question. Each has `measure(quick)`, which gives a `Section`."""
