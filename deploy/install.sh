#!/bin/sh
# Installs Segue into a virtual environment of its own, with the versions of constraints.txt:
#
#   deploy/install.sh TARGET EXTRAS      as deploy/install.sh /opt/segue postgres,redis,otel
#
# Run in the folder that holds pyproject.toml. Images and `make image-steps` run this same file.
# The environment has no pip: nothing is installed into it afterwards.
set -eu
target=$1
extras=$2
python3 -m venv --without-pip "$target"
python3 -m pip --python "$target/bin/python" install --quiet --no-cache-dir \
  --disable-pip-version-check --no-compile -c constraints.txt ".[$extras]"
# A tenth of it is never opened: the tests of packages, headers, and Arrow's way over the network.
find "$target/lib" -type d -name tests -prune -exec rm -rf {} +
rm -rf "$target"/lib/python3*/site-packages/pyarrow/include
rm -f "$target"/lib/python3*/site-packages/pyarrow/*flight*
"$target/bin/python" -m compileall -q -j 2 "$target/lib"
