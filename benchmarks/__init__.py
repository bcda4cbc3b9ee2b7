"""What crmexport costs, measured beside its peers in one run: `python -m benchmarks` (that is what `make bench` does).

In: the checkout, its sandbox, and peers that the bench installs into environments of their own under `.bench/`. Out: one
table a section, and a non-zero exit code that names the goal which was missed. Needs a POSIX system (`os.wait4`).
"""
