#!/usr/bin/env bash
# examples/ping with its locked network, by remote execution and from a remote cache. It fetches
# Debian packages, in the versions of its lock, from a mirror.
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh
source e2e/remote/servers.sh
source e2e/remote/clients.sh
source e2e/remote/workspaces.sh

start_buildbox
write_ping
test_execution ping //:locked
