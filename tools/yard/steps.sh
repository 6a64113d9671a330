# Running named steps: says what happens, keeps the output in a log, shows it when something fails.

readonly LOGS=$ROOT/build/logs

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "yard: $*"
  exit 1
}

# step "what is done" command...: runs the command with its output in a log; a terminal sees the seconds pass.
step() {
  local title=$1 log start status=0
  shift
  mkdir -p "$LOGS"
  log=$LOGS/$(tr -cs 'a-zA-Z0-9' '-' <<<"$title" | sed 's/^-//; s/-$//').log
  start=$SECONDS
  if [ -t 2 ] && [ -z "${CI:-}" ]; then
    show_progress "$title" "$log" &
    local progress=$!
    "$@" >"$log" 2>&1 || status=$?
    kill "$progress" 2>/dev/null || true
    wait "$progress" 2>/dev/null || true
    printf '\r\033[K' >&2
  else
    say "… $title"
    "$@" >"$log" 2>&1 || status=$?
  fi
  if [ "$status" -ne 0 ]; then
    tail -n 40 "$log" >&2
    say "✗ $title (exit $status); the whole output is in ${log#"$ROOT"/}"
    return "$status"
  fi
  say "✓ $title ($((SECONDS - start)) s)"
}

# Redraws one line: the title, the seconds, and the last line of the log.
show_progress() {
  local title=$1 log=$2 start=$SECONDS last width
  while sleep 0.5; do
    width=$(($(tput cols 2>/dev/null || echo 80) - ${#title} - 16))
    last=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c "1-$((width > 10 ? width : 10))")
    printf '\r\033[K… %s %ss  %s' "$title" "$((SECONDS - start))" "$last" >&2
  done
}

# stamped NAME "title" "inputs" command...: runs the step only when the inputs' digest differs from that of its last success.
stamped() {
  local name=$1 title=$2 digest
  digest=$(sha256sum <<<"$3" | cut -d' ' -f1)
  shift 3
  local stamp=$ROOT/.deps/stamps/$name
  [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ] && return 0
  step "$title" "$@" || return
  mkdir -p "$ROOT/.deps/stamps"
  printf '%s' "$digest" >"$stamp"
}
