#!/bin/sh
# Makes the catalogue's tables, and the first account where there is none:
#
#   deploy/prepare.sh NAME FILE          FILE holds the password on its first line
#
# Run again, it changes nothing: whoever changed the password since keeps it.
set -eu
name=$1
file=$2
there=$(segue account list --json 2>/dev/null | sed -n 's/^ *"count": *\([0-9]*\).*/\1/p' || true)
if [ "${there:-0}" -gt 0 ]; then
  echo "There is an account already; nothing is changed."
else
  segue account add "$name" --stdin < "$file"
fi
