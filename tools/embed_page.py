#!/usr/bin/env python3
"""Turns the built page into an assembler file and a table: embed_page.py DIST OUTPUT_FOLDER.

Each file goes into the binary twice: as it is, and gzipped where that saves at least a tenth. An empty or missing DIST gives an empty table.
"""

import gzip
import hashlib
import mimetypes
import sys
from pathlib import Path

TEXT = {".html", ".js", ".css", ".svg", ".json", ".txt", ".map"}


def content_type(path: Path) -> str:
    known = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml", ".json": "application/json"}
    guessed = known.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if path.suffix in TEXT else guessed


def assembler(index: int, kind: str, path: Path) -> str:
    symbol = f"yard_page_{kind}_{index}"
    return f'\t.global {symbol}\n\t.global {symbol}_end\n\t.balign 16\n{symbol}:\n\t.incbin "{path}"\n{symbol}_end:\n\t.byte 0\n'


def main() -> None:
    dist, output = Path(sys.argv[1]), Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    files = sorted(path for path in dist.rglob("*") if path.is_file()) if dist.is_dir() else []
    parts, declarations, entries = [], [], []
    for index, path in enumerate(files):
        content = path.read_bytes()
        packed = gzip.compress(content, 9, mtime=0)
        pays = len(packed) < len(content) * 0.9
        kinds = ["plain", "gzip"] if pays else ["plain"]
        packed_path = output / f"{index}.gz"
        packed_path.write_bytes(packed if pays else b"")
        for kind in kinds:
            parts.append(assembler(index, kind, path.resolve() if kind == "plain" else packed_path.resolve()))
            declarations.append(f"extern const char yard_page_{kind}_{index}[];\nextern const char yard_page_{kind}_{index}_end[];")
        etag = hashlib.sha256(content).hexdigest()[:32]
        views = [f"View(yard_page_{kind}_{index}, yard_page_{kind}_{index}_end)" for kind in kinds] + ([] if pays else ["{}"])
        name = path.relative_to(dist).as_posix()
        entries.append(f'      {{"{name}", {views[0]}, {views[1]}, "{content_type(path)}", "\\"{etag}\\""}},')
    (output / "page.S").write_text("\t.section .rodata\n" + "".join(parts) + '\t.section .note.GNU-stack,"",@progbits\n')
    body = "\n".join(entries)
    (output / "page.cc").write_text(
        '#include "app/page.h"\n\nextern "C" {\n' + "\n".join(declarations) + "\n}\n\nnamespace yard::app {\nnamespace {\n\n"
        "[[maybe_unused]] std::string_view View(const char* begin, const char* end) {\n"
        "  return {begin, static_cast<size_t>(end - begin)};\n}\n\n}  // namespace\n\n"
        "std::vector<net::EmbeddedFile> PageFiles() {\n  return {\n" + body + "\n  };\n}\n\n}  // namespace yard::app\n"
    )


if __name__ == "__main__":
    main()
