#!/usr/bin/env bash
# Installs the real programs that the tests talk to, on Debian and Ubuntu. What is there already is left alone.
set -euo pipefail

declare -A packages=(
  [git]=git [ssh-keygen]=openssh-client [chromium]=chromium [promtool]=prometheus [amtool]=prometheus-alertmanager [go]=golang-go
  [pre-commit]=pre-commit [age]=age [gpg]=gnupg [gpgsm]=gpgsm [openssl]=openssl
)

missing=()
for program in "${!packages[@]}"; do
  command -v "$program" >/dev/null || missing+=("${packages[$program]}")
done
# The server's programs are not on the path.
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
if [ "${#missing[@]}" -gt 0 ]; then
  # The tests start servers of their own; none is to be made or started for the machine.
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 "${as_root[@]}" \
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

# Programs that Debian does not have come from the Go module proxy, at a version that is pinned here.
bin=/usr/local/bin
install_go() {
  local program=$1 module=$2
  command -v "$program" >/dev/null && return
  "${as_root[@]}" env "PATH=$PATH" "HOME=$HOME" GOBIN="$bin" GOTOOLCHAIN=auto GOFLAGS=-mod=mod go install "$module"
}
install_go kustomize sigs.k8s.io/kustomize/kustomize/v5@v5.8.1
install_go sops github.com/getsops/sops/v3/cmd/sops@v3.13.3
install_go gitleaks github.com/zricethezav/gitleaks/v8@v8.30.1
# Later versions declare another module path than the one that serves them.
install_go kubeseal github.com/bitnami-labs/sealed-secrets/cmd/kubeseal@v0.27.1

# Kubernetes' own types, with every field filled in, for comparison.
if command -v go >/dev/null; then
  for version in v0.30.3 v0.36.0; do go mod download "k8s.io/api@$version"; done
  # What an API server itself makes of YAML, definitions and custom resources.
  (cd "$(dirname "$0")/../test/peers/cluster" && GOTOOLCHAIN=auto go mod download)
  # Pods that its own checks of the Pod Security Standards must let pass, and refuse.
  go mod download k8s.io/pod-security-admission@v0.37.2
fi
