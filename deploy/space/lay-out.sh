#!/bin/sh
# Puts what a Hugging Face Space is built from into FOLDER, a clone of the Space's repository:
#
#   deploy/space/lay-out.sh FOLDER
#
# Then commit and push there.
set -eu
folder=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
if [ ! -d "$folder" ]; then
  echo "there is no folder $folder; clone the Space first" >&2
  exit 2
fi
cd "$here"
for name in LICENSE constraints.txt pyproject.toml src deploy .dockerignore; do
  rm -rf "${folder:?}/$name"
done
git archive HEAD LICENSE constraints.txt pyproject.toml src deploy .dockerignore | tar -x -C "$folder"
cp deploy/space/README.md deploy/space/Dockerfile "$folder/"
