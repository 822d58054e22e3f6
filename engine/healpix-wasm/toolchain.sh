#!/usr/bin/env bash
# A Rust compiler for wasm32-unknown-unknown on Debian, for machines where `rustup target add` is not possible.
# Prints the path of a cargo that uses it. Packages are unpacked into a cache folder: nothing is installed, no root.
#
# Debian's rustc-web (the compiler browsers are built with) is recent, but no package carries a standard library for
# wasm, so cargo builds it from rust-web-src (-Zbuild-std), which must be of the compiler's very version.
# cargo and the linker come from rustup where there is one, else from cargo-web and lld.
set -euo pipefail

home=${ALMAGEST_WASM_TOOLCHAIN:-${XDG_CACHE_HOME:-$HOME/.cache}/almagest/wasm-toolchain}
cargo=$home/bin/wasm-cargo
say() { echo "toolchain: $*" >&2; }

command -v apt-get > /dev/null || { say "no apt-get here: use rustup target add wasm32-unknown-unknown"; exit 1; }
mkdir -p "$home"
exec 9> "$home/lock"
flock 9
if [ -x "$cargo" ] && "$home/bin/rustc" -V > /dev/null 2>&1; then
  echo "$cargo"
  exit
fi

rm -rf "$home/root" "$home/bin" "$home/debs"
mkdir -p "$home/root" "$home/bin" "$home/debs"

candidate() { apt-cache policy "$1" 2> /dev/null | sed -n 's/^ *Candidate: //p' | grep -v '(none)'; }
download() { (cd "$home/debs" && apt-get download -q "$@" >&2); }
dependency() { apt-cache show "$1=$version" | grep -oE "$2" | head -1; }
compiler() {
  version=$(candidate rustc-web) || return 1
  local std llvm
  std=$(dependency libstd-rust-web-dev 'libstd-rust-web-[0-9.]+[0-9]') && llvm=$(dependency "$std" 'libllvm[0-9]+') || return 1
  download "rustc-web=$version" "libstd-rust-web-dev=$version" "$std=$version" "rust-web-src=$version" "$llvm"
}
unpack() {
  for deb in "$home"/debs/*.deb; do
    case $deb in
      # Of the compiler's sources only the standard library: the rest is 400 MB.
      *rust-web-src*) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$home/root" --wildcards './usr/lib/rustlib/src*' './usr/src/rustc-*/library*' ;;
      *) dpkg-deb -x "$deb" "$home/root" ;;
    esac
    rm "$deb"
  done
}

say "unpacking Debian's rustc-web into $home (about 140 MB to download)"
compiler || {
  say "apt-get update"
  apt-get -q update >&2 || sudo -n apt-get -q update >&2
  compiler
} || { say "this system's apt has no rustc-web: use rustup target add wasm32-unknown-unknown"; exit 1; }

sysroot=$(cd / && rustc --print sysroot 2> /dev/null || true)
real_cargo=$sysroot/bin/cargo
linker=$(ls "$sysroot"/lib/rustlib/*/bin/rust-lld 2> /dev/null | head -1 || true)
[ -x "$real_cargo" ] || { download "cargo-web=$version" libgit2-1.5 libhttp-parser2.9 libmbedtls14 libmbedcrypto7 libmbedx509-1; real_cargo=$home/root/usr/bin/cargo; }
[ -n "$linker" ] || { download lld-19 libllvm19; linker=$home/bin/wasm-ld; }
unpack

libraries=$(dirname "$(ls "$home"/root/usr/lib/*/librustc_driver*.so)")
if LD_LIBRARY_PATH=$libraries ldd "$home/root/usr/bin/rustc" "$libraries"/librustc_driver*.so | grep -q 'not found'; then
  download libedit2 libz3-4 libxml2 libicu72 libbsd0 libmd0
  unpack
fi

program() { # A program of the unpacked tree under another name, with its libraries.
  printf '#!/bin/sh\nexport LD_LIBRARY_PATH="%s${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\nexec "%s" "$@"\n' "$libraries" "$2" > "$home/bin/$1"
  chmod +x "$home/bin/$1"
}
program rustc "$home/root/usr/bin/rustc"
case $real_cargo in "$home"/*) program cargo "$real_cargo"; real_cargo=$home/bin/cargo ;; esac
case $linker in "$home"/*) program wasm-ld "$(ls "$home"/root/usr/lib/llvm-*/bin/wasm-ld | head -1)" ;; esac

# RUSTC_BOOTSTRAP lets a stable compiler take -Z flags.
cat > "$cargo" << EOF
#!/bin/sh
command=\$1
shift
export RUSTC="$home/bin/rustc" RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$linker"
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="\$CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS --remap-path-prefix=$home/root/usr/lib/rustlib/src/rust=/rustc --remap-path-prefix=$home=/toolchain"
exec "$real_cargo" "\$command" -Zbuild-std=std,panic_abort "\$@"
EOF
chmod +x "$cargo"
rmdir "$home/debs"
say "ready: $("$home/bin/rustc" -V)"
echo "$cargo"
