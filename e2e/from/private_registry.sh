# shellcheck shell=bash
# Sourced by tests, after nested.sh: Debian's docker-registry on loopback, with
# TLS of a private CA and a password. Its files are in $work, a directory that the
# test has made, and which is also its $logs (registry.sh).
work=${work:-}
source "$(dirname "${BASH_SOURCE[0]}")/../support/daemons/registry.sh"
source "$(dirname "${BASH_SOURCE[0]}")/../support/daemons/wait_for.sh"

# Ends the test unless the programs are installed.
require_programs() {
  local program
  for program in "$@"; do
    if ! command -v "$program" >/dev/null; then
      echo "skipped: no $program"
      exit 0
    fi
  done
}

# Makes $work/{ca.pem,server.pem,server.key}, and the store `trusted` for Java.
make_certificates() {
  (
    cd "$work"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
      -keyout ca.key -out ca.pem -days 30 -subj "/CN=test CA"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
      -keyout server.key -out server.csr -subj "/CN=server"
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
      -out server.pem -extfile <(echo subjectAltName=DNS:localhost,IP:127.0.0.1)
    keytool -importcert -noprompt -file ca.pem -keystore trusted -storepass changeit -alias ca
  ) >"$work/certificates.log" 2>&1 || { cat "$work/certificates.log" >&2; exit 1; }
}

# Starts the registry, for `user` with the password hunter2hunter2. Sets $port,
# $registry and $registry_pid; its log is $work/registry.log.
start_private_registry() {
  make_certificates
  # shellcheck disable=SC2016
  echo 'user:$2y$05$abcdefghijklmnopqrstuuHNzobToyoUx/XDeHA.0qHXOcixZPlSm' >"$work/htpasswd"
  start_registry "  tls: {certificate: $work/server.pem, key: $work/server.key}
auth: {htpasswd: {realm: test, path: $work/htpasswd}}"
  # shellcheck disable=SC2034
  port=${address#*:} registry=localhost:${address#*:}
}

# Makes nested_bazel run a separate Bazel, which trusts the CA.
trust_private_registry() {
  private_output_base=$STATE/registries_output_base
  # shellcheck disable=SC2034
  STARTUP_FLAGS=(--output_base="$private_output_base" --max_idle_secs=60
    --host_jvm_args="-Djavax.net.ssl.trustStore=$work/trusted" --host_jvm_args=-Djavax.net.ssl.trustStorePassword=changeit)
}
