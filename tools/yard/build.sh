# Configuring and compiling.

# build_preset PRESET [target...]: everything of that preset, or the targets.
build_preset() {
  local preset=$1
  shift
  local inputs
  inputs="$preset $YARD_PYARROW_DIR $(cat CMakePresets.json)"
  [ -f "build/$preset/build.ninja" ] || rm -f ".deps/stamps/configure-$preset"
  stamped "configure-$preset" "Configure $preset" "$inputs" cmake --preset "$preset" || return
  step "Build $preset" ninja -C "build/$preset" "$@"
}

build_release() {
  setup_machine
  build_page
  build_preset release "$@"
}
