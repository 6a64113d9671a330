"""Side by side with the peers, in one run on one machine: python -m bench [startup|tracking|search|scoring|models ...] [--quick]

Prints one table a benchmark and writes bench/RESULTS.md with the machine, the disk's flush time and every figure.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import models, report, scoring, search, startup, tracking

BENCHMARKS = {"startup": startup.run, "tracking": tracking.run, "search": search.run, "scoring": scoring.run, "models": models.run}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./yard bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which; all by default")
    parser.add_argument("--quick", action="store_true", help="a third of the time; prints only, writes no file")
    arguments = parser.parse_args()
    seconds = 3 if arguments.quick else 10
    sections = []
    for name in arguments.names or BENCHMARKS:
        print(f"… {name}", file=sys.stderr, flush=True)
        section = BENCHMARKS[name](seconds)
        print(section.text(), flush=True)
        sections.append(section)
    if not arguments.quick and not arguments.names:
        path = Path(__file__).parent / "RESULTS.md"
        path.write_text(report.document(sections))
        print(f"written to {path.relative_to(Path.cwd())}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
