# What the scripts that make packages share; sourced by them. Needs SOURCE (the checkout), PROGRAMS
# (the folder with gantry, gantry-portable, gantry-shim and gantry-reference) and OUT (where the
# packages go). Nothing here needs root, and two runs over the same programs give the same bytes.
# shellcheck shell=bash

export LC_ALL=C.UTF-8 TZ=UTC
umask 022

# Every time in a package is that of the commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$SOURCE" show -s --format=%ct HEAD 2>/dev/null ||
  stat -c %Y "$SOURCE/CHANGELOG.md")}
export SOURCE_DATE_EPOCH

version=$(sed -n 's/^project(gantry VERSION \([0-9.]*\).*/\1/p' "$SOURCE/CMakeLists.txt")

# put MODE FILE TARGET: makes the folders of the target, too.
put() { install -D -m "$1" "$2" "$3"; }

# put_program FILE TARGET: without the debugging information, which is four fifths of it.
put_program() {
  put 755 "$1" "$2"
  strip --strip-unneeded --remove-section=.comment --remove-section=.note "$2"
}

# put_tree FOLDER TARGET: without what running left behind.
put_tree() {
  mkdir -p "$2"
  tar -C "$1" --exclude='*.pyc' --exclude=__pycache__ --mode='u=rwX,go=rX' -cf - . |
    tar -C "$2" --no-same-owner -xf -
}

# put_completions BASH ZSH FISH: the files they become.
put_completions() {
  local shell
  for shell in bash zsh fish; do
    mkdir -p "$(dirname "$1")"
    "$PROGRAMS/gantry" completion "$shell" >"$1"
    chmod 644 "$1"
    shift
  done
}

# put_man FOLDER: gantry(1) in both languages, packed.
put_man() {
  local language target
  for language in en zh; do
    target=$1/man1/gantry.1
    [[ $language == en ]] || target=$1/zh_CN/man1/gantry.1
    mkdir -p "$(dirname "$target")"
    "$PROGRAMS/gantry-reference" man "$language" >"$target"
    gzip -9n "$target"
    chmod 644 "$target.gz"
  done
}

# put_docs FOLDER: the guides in both languages and the pages of the formats.
put_docs() {
  local part
  for part in en zh format; do put_tree "$SOURCE/docs/$part" "$1/$part"; done
}

# Everything gets the time of the commit, the links too.
settle_times() {
  find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# The newest GLIBC_x.y that a program or library of the tree asks for.
glibc_needed() {
  find "$1" -type f \( -name 'gantry' -o -name '*.so*' \) -exec objdump -T {} + 2>/dev/null |
    grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1 | sed 's/GLIBC_//'
}
