#!/usr/bin/env bash
# Installs the real programs that the tests talk to, on Debian and Ubuntu. What is there already is left alone.
set -euo pipefail

declare -A packages=([git]=git [ssh-keygen]=openssh-client [chromium]=chromium)

missing=()
for program in "${!packages[@]}"; do
  command -v "$program" >/dev/null || missing+=("${packages[$program]}")
done
if [ "${#missing[@]}" -eq 0 ]; then
  exit 0
fi

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
