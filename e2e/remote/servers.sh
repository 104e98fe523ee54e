# shellcheck shell=bash disable=SC2034,SC2154,SC2164
# Sourced after daemons.sh: real servers on loopback, from the server root. Their
# files and logs are in $private.

if ! command -v dpkg >/dev/null || [[ $(dpkg --print-architecture) != amd64 ]]; then
  echo "skipped: the servers are Debian's packages for amd64"
  exit 0
fi
serverroot=$("$RULES_ROOT/e2e/remote/serverroot.sh")
readonly serverroot

# listen_on PROGRAM...: starts it in the background and waits until it listens on
# $port, the port of 127.0.0.1 that `configure PORT` has set.
listen_on() {
  local tries
  for ((tries = 0; tries < 20; tries++)); do
    port=$((20000 + RANDOM % 20000))
    configure "$port"
    "$@" >>"$private/servers.log" 2>&1 9>&- &
    pids+=($!)
    until (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
      kill -0 "${pids[-1]}" 2>/dev/null || break
      sleep 0.1
    done
    if kill -0 "${pids[-1]}" 2>/dev/null; then return; fi
  done
  echo "FAILED: $1 does not start" >&2
  cat "$private/servers.log" >&2
  exit 1
}

# write_nginx PORT SERVER: nginx.conf of one server on PORT, with the lines of SERVER. Each
# request becomes a line of $private/requests: method, path, status, bytes sent.
write_nginx() {
  mkdir -p "$private/nginx"
  # Started by root, nginx would run as nobody, who cannot read $private.
  if ((EUID == 0)); then echo "user root;"; fi >"$private/nginx/conf"
  cat >>"$private/nginx/conf" <<CONF
daemon off;
worker_processes 1;
error_log stderr;
pid $private/nginx/pid;
events { worker_connections 512; }
http {
  log_format moved '\$request_method \$uri \$status \$body_bytes_sent';
  access_log $private/requests moved;
  client_max_body_size 0;
  keepalive_requests 1000000;
  default_type application/octet-stream;
$(printf "  %s_temp_path $private/nginx/tmp;\n" client_body proxy fastcgi scgi uwsgi)
  server {
    listen 127.0.0.1:$1;
    $2
  }
}
CONF
}

# An HTTP cache: Bazel gets and puts files. Sets $cache, its address.
start_http_cache() {
  configure() {
    write_nginx "$1" "location ~ ^/(ac|cas)/ {
      root $private/cache; dav_methods PUT; create_full_put_path on;
    }"
  }
  mkdir "$private/cache"
  listen_on "$serverroot/run/nginx" -c "$private/nginx/conf"
  cache=http://127.0.0.1:$port
}

# The answer to GetCapabilities of the Remote Execution API, as gRPC sends it: SHA-256,
# updates of the action cache, batches of 2 MiB, execution, versions 2.0 to 2.12.
write_capabilities() {
  local path=$1/build.bazel.remote.execution.v2.Capabilities
  mkdir -p "$path"
  printf '\0\0\0\0\43\12\16\12\1\1\22\2\10\1\40\200\200\200\1\50\2\22\7\10\1\20\1\52\1\1\42\2\10\2\52\4\10\2\20\14' \
    >"$path/GetCapabilities"
}

# Remote execution: buildbox runs the actions on this host, each in a directory with only its inputs.
start_buildbox() {
  configure() { bind=--bind=127.0.0.1:$1; }
  buildbox() {
    exec "$serverroot/run/buildbox-casd" "$bind" --jobs=2 --quota-high=5G \
      --buildbox-run="$serverroot/run/buildbox-run-hosttools" "$private/buildbox"
  }
  listen_on buildbox
  start_front "$port"
}

# start_front PORT: Bazel 7 requires version 2.0 of the API, and buildbox, on PORT, starts at 2.1: nginx in
# front of it answers which versions there are. Sets $remote, the flags for it.
start_front() {
  local behind=$1
  write_capabilities "$private/capabilities"
  configure() {
    write_nginx "$1" "http2 on; http2_max_concurrent_streams 512;
    grpc_read_timeout 1h; grpc_send_timeout 1h;
    location / { grpc_pass grpc://127.0.0.1:$behind; }
    location = /build.bazel.remote.execution.v2.Capabilities/GetCapabilities {
      root $private/capabilities; default_type application/grpc; types { }
      add_trailer grpc-status 0 always; error_page 405 =200 \$uri;
    }"
  }
  listen_on "$serverroot/run/nginx" -c "$private/nginx/conf"
  remote=("--remote_executor=grpc://127.0.0.1:$port" --remote_default_exec_properties=OSFamily=linux
    --spawn_strategy=remote --remote_download_outputs=all)
}

# Sets $registry, its address; its log is $private/registry.log.
start_registry() {
  configure() {
    cat >"$private/registry.yml" <<YML
version: 0.1
storage: {filesystem: {rootdirectory: $private/registry}}
http: {addr: 127.0.0.1:$1}
YML
  }
  listen_on "$serverroot/run/docker-registry" serve "$private/registry.yml"
  registry=127.0.0.1:$port
}
