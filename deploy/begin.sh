#!/bin/sh
# The command of the images: `begin serve`, `begin worker`, `begin demo`, any verb of Segue.
# Cloud Run and services like it say by PORT where to listen; PORT wins over SEGUE_PORT.
set -eu
if [ -n "${PORT:-}" ]; then
  export SEGUE_PORT="$PORT"
fi
# Segue takes this shell's place, so that it is the one that SIGTERM reaches.
exec segue "$@"
