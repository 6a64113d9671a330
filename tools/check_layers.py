#!/usr/bin/env python3
"""Refuses every include against the arrows of the house and every third-party header outside its owner's .cc files."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path: str, rooms: list[str]) -> str | None:
    """The longest room name that `path` (relative to src) lies in."""
    matches = [room for room in rooms if path.startswith(room + "/")]
    return max(matches, key=len, default=None)


def problems_of(file: Path, rules: dict) -> list[str]:
    rooms = rules["rooms"]
    relative = file.relative_to(ROOT / "src").as_posix()
    home = room_of(relative, list(rooms))
    if home is None:
        return [f"{relative}: lies in no room of tools/layers.toml"]
    found = []
    for bracket, name in INCLUDE.findall(file.read_text()):
        target = room_of(name, list(rooms)) if bracket == '"' else None
        if target is not None and target != home and "*" not in rooms[home] and target not in rooms[home]:
            found.append(f"{relative}: {home} may not include {target} ({name})")
        for pattern, owners in rules["owners"].items():
            if bracket != "<" or not re.search(pattern, name):
                continue
            if home not in owners:
                found.append(f"{relative}: <{name}> belongs to {', '.join(owners)}")
            elif file.suffix == ".h" and not file.name.endswith("_internal.h"):
                found.append(f"{relative}: <{name}> may appear in .cc files only")
    return found


def main() -> int:
    rules = tomllib.loads((ROOT / "tools/layers.toml").read_text())
    files = sorted(f for f in (ROOT / "src").rglob("*") if f.suffix in {".h", ".cc"})
    problems = [problem for file in files for problem in problems_of(file, rules)]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"layers: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
