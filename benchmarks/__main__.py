"""python -m benchmarks [--quick] [--write-docs] [SECTION …]: measure, print tables, fail when a goal is missed."""

import argparse
import sys
from importlib import import_module

from benchmarks.report import Section, write_page

SECTIONS = ("help", "xlsx", "requests", "cpu", "memory", "pace", "whole")


def main() -> int:
    """Measure the named sections (all, if none is named)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument(
        "--quick", action="store_true", help="small sizes and few rounds, to see that it works"
    )
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/performance.md")
    given = parser.parse_args()
    if unknown := set(given.sections) - set(SECTIONS):
        parser.error(f"there is no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    sections = [_measured(name, given.quick) for name in given.sections or SECTIONS]
    if given.write_docs:
        write_page(sections)
    missed = [goal for section in sections for goal in section.missed]
    print("\n".join(["", "All goals are met."] if not missed else ["", "Missed:", *missed]))
    return 1 if missed else 0


def _measured(name: str, quick: bool) -> Section:
    print(f"{name} …", file=sys.stderr, flush=True)
    section: Section = import_module(f"benchmarks.sections.{name}").measure(quick)
    print("\n" + section.markdown(), flush=True)
    return section


if __name__ == "__main__":
    sys.exit(main())
