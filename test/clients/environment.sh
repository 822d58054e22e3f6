#!/usr/bin/env bash
# Sets up what the client checks need and prints how to use it:
#
#   eval "$(test/clients/environment.sh)" && npm test
#
# A Python environment (about 1 GB, one minute) is kept in the user's cache folder, one for each content of
# requirements.txt. STILTS, and Q3C and pgSphere for the PostgreSQL that Debian has installed, come from Debian when they are
# not there yet, which needs root.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
requirements=$here/requirements.txt
version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
key=$(sha256sum "$requirements" | cut -c1-16)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/almagest/clients-$version-$key

say() { echo "clients: $*" >&2; }

set_up_python() {
  [ -e "$folder/complete" ] && return
  say "installing the Python clients in $folder (about 1 GB)"
  rm -rf "$folder"
  python3 -m venv "$folder"
  # Every dependency is listed, so none needs to be resolved; `pip check` proves the list whole.
  "$folder/bin/pip" install --quiet --disable-pip-version-check --no-input --no-deps --no-compile -r "$requirements" >&2
  "$folder/bin/pip" check --disable-pip-version-check >&2
  touch "$folder/complete"
}

set_up_stilts() {
  command -v stilts >/dev/null && return
  if ! command -v apt-get >/dev/null; then
    say "no stilts and no apt-get here: install STILTS by hand (https://www.starlink.ac.uk/stilts/), then try again"
    exit 1
  fi
  say "installing STILTS"
  install_packages stilts
}

set_up_postgres_extensions() {
  local server version
  for server in /usr/lib/postgresql/*/bin/postgres; do
    [ -x "$server" ] || continue
    version=${server#/usr/lib/postgresql/}
    version=${version%%/*}
    [ -e "/usr/share/postgresql/$version/extension/q3c.control" ] &&
      [ -e "/usr/share/postgresql/$version/extension/pg_sphere.control" ] && continue
    say "installing Q3C and pgSphere for PostgreSQL $version"
    install_packages "postgresql-$version-q3c" "postgresql-$version-pgsphere"
  done
}

install_packages() {
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "$@")
  "${install[@]}" >&2 || { apt-get update -qq >&2 && "${install[@]}" >&2; }
}

mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9
set_up_python
set_up_stilts
set_up_postgres_extensions

# Else every start of Python compiles its modules again: five seconds of the nine that LSDB takes.
echo "unset PYTHONDONTWRITEBYTECODE"
echo "export ALMAGEST_TEST_PYTHON=$folder/bin/python"
echo "export ALMAGEST_TEST_STILTS=$(command -v stilts)"
