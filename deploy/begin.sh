#!/bin/sh
# The command of the images: `begin serve`, `begin worker`, `begin demo`, any verb of Segue.
# Cloud Run and services like it say by PORT where to listen; PORT wins over SEGUE_PORT.
set -eu
if [ -n "${PORT:-}" ]; then
  export SEGUE_PORT="$PORT"
fi
# A folder of models that is named and new is an empty one: Segue itself takes it for a disk that is
# not connected, and hears nothing with the network that it brings. A container whose disk is missing is
# not begun at all. Where the folder cannot be made, Segue says so.
if [ -n "${SEGUE_MODELS_FOLDER:-}" ]; then
  mkdir -p -- "$SEGUE_MODELS_FOLDER" || true
fi
# Segue takes this shell's place, so that it is the one that SIGTERM reaches.
exec segue "$@"
