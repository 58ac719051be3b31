#!/bin/sh
# usage: install.sh [PREFIX]: copies this folder's programs, libraries, pages and completions below
# PREFIX (/usr/local), and writes down what to delete to be rid of them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${1:-/usr/local}
list=$prefix/share/gantry/installed-files

mkdir -p "$prefix/share/gantry"
cd "$here"
find bin lib share -type f | sort | while read -r file; do
  mkdir -p "$prefix/$(dirname "$file")"
  # A new file takes the place of the old one: what runs keeps the old one.
  cp -p "$file" "$prefix/$file.new"
  mv -f "$prefix/$file.new" "$prefix/$file"
  printf '%s\n' "$prefix/$file"
done >"$list.new"
mv -f "$list.new" "$list"
echo "installed $prefix/bin/gantry; to remove it: xargs -d '\\n' rm -f < $list"
