#!/usr/bin/env bash
# Builds fits.wasm.
#
#   build.sh           build and replace the committed fits.wasm
#   build.sh --check   build and compare with the committed fits.wasm; exit status:
#                        0  the same bytes
#                        1  other bytes from the same compiler: build.sh was not run after a change
#                        3  built by another compiler, so not comparable; the fresh module passes its tests
#
# The compiler: $WASM_CARGO if set; else cargo, if it has the target (rustup target add wasm32-unknown-unknown); else
# what ../healpix-wasm/toolchain.sh unpacks on Debian. Paths are remapped: the bytes do not depend on where anything lies.
set -euo pipefail
cd "$(dirname "$0")"
target=wasm32-unknown-unknown
# The standard library is built once for both modules: by the same flags, in the same folder.
kernel=$(cd ../healpix-wasm && pwd)
built=$kernel/target/$target/release/fits.wasm

cargo=${WASM_CARGO:-}
if [ -z "$cargo" ]; then
  std=$(ls "$(rustc --print target-libdir --target $target 2> /dev/null)"/libcore-*.rlib 2> /dev/null || true)
  if [ -n "$std" ]; then cargo=cargo; else cargo=$(../healpix-wasm/toolchain.sh); fi
fi

flags="-C target-feature=+simd128 --remap-path-prefix=$kernel=/kernel --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$flags
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET_DIR
export CARGO_TARGET_DIR=$kernel/target
"$cargo" build --release --locked --lib --target $target

# The module itself says which compiler made it: the `producers` section of the WebAssembly tool conventions.
compiler() { grep -aoE 'rustc.[0-9.]+[0-9A-Za-z.-]* \([0-9a-f]+ [0-9-]+\)( \([^)]*\))?' "$1" | head -1 | sed 's/^rustc./rustc /'; }

if [ "${1:-}" != --check ]; then
  install -m 644 "$built" fits.wasm
  echo "fits.wasm: $(wc -c < fits.wasm) bytes, by $(compiler fits.wasm)"
  exit
fi

if cmp -s "$built" fits.wasm; then
  echo "fits.wasm is what its sources give (by $(compiler fits.wasm))"
elif [ "$(compiler "$built")" = "$(compiler fits.wasm)" ]; then
  echo "fits.wasm is not what its sources give with its own compiler, $(compiler fits.wasm): run engine/fits-wasm/build.sh and commit the result" >&2
  exit 1
else
  echo "fits.wasm was built by $(compiler fits.wasm), here is $(compiler "$built"): not comparable. Testing the fresh module."
  PATH=$PWD/../../node_modules/.bin:$PATH FITS_WASM=$built node --test ./*.test.ts || exit 1
  exit 3
fi
