# The commands of ./yard, one function each.

command_help() {
  cat <<'TEXT'
Modelyard: one program for the whole life of a machine-learning model.

  ./yard demo [--once]     build it, start it, and tell the story of a model on real data; keeps serving until Ctrl-C (--once: ends after the story)
  ./yard up [options]      build it and start the server; options go to `modelyard up` (./yard up --help lists them)
  ./yard test [suite...]   everything: unit, sanitizers, fuzz, real clients, faults, browser, lint; last line `N passed, M failed`
  ./yard build [preset]    release (default), dev, asan or tsan
  ./yard bench [name...]   side by side with the peers: startup, tracking, search, scoring
  ./yard fuzz [target] [seconds]   libFuzzer on one target, or on each for a minute
  ./yard lint              clang-format, clang-tidy, layers, header self-containment, ruff, eslint, tsc
  ./yard format            clang-format and ruff, in place
  ./yard lock              resolve packaging/python.in again
  ./yard clean             remove build/, .deps/ and the built page

Everything that is missing on the machine is installed first: Debian packages (as root or with sudo), Python wheels into .deps/, the page's npm packages.
Caches live in ~/.cache/modelyard (YARD_CACHE moves them).
TEXT
}

command_build() {
  local preset=${1:-release}
  [ $# -gt 0 ] && shift
  setup_machine
  build_page
  build_preset "$preset" "$@"
}

command_up() {
  build_release modelyard
  exec build/release/bin/modelyard up "$@"
}

command_demo() {
  build_release modelyard
  exec "$PYTHON" -m examples.churn.story --modelyard build/release/bin/modelyard "$@"
}

command_test() {
  setup_all
  export PATH CI_PATH=$PATH
  build_release
  exec "$PYTHON" tools/run_tests.py "$@"
}

command_bench() {
  build_release modelyard
  exec "$PYTHON" -m bench "$@"
}

command_fuzz() {
  setup_machine
  build_preset asan fuzzers
  exec "$PYTHON" tools/run_fuzzers.py "$@"
}

command_lint() {
  setup_all
  build_page
  build_preset dev yard_headers
  exec "$PYTHON" tools/lint.py "$@"
}

command_format() {
  setup_machine
  git ls-files -co --exclude-standard '*.h' '*.cc' | xargs -r clang-format-19 -i
  .deps/python/bin/ruff format --quiet . && .deps/python/bin/ruff check --quiet --fix .
}

command_lock() {
  setup_machine
  local uv=.deps/python/bin/uv
  local options=(--python-version 3.11 --generate-hashes --no-header --no-annotate --quiet)
  # The collective-communication library of xgboost's GPU training is 300 MB and of no use here.
  "$uv" pip compile "${options[@]}" --no-emit-package nvidia-nccl-cu12 packaging/python.in -o packaging/python.lock
  "$uv" pip compile "${options[@]}" --no-deps packaging/data.in >>packaging/python.lock
}

command_clean() {
  rm -rf build .deps ui/dist ui/node_modules
  say "removed build/, .deps/, ui/dist and ui/node_modules; the caches in $CACHE stay"
}
