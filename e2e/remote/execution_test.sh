#!/usr/bin/env bash
# Remote execution with buildbox, RUN included: the bytes are those of local workers, and a
# second client, with an empty home and output base, runs nothing.
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh
source e2e/remote/servers.sh
source e2e/remote/clients.sh
source e2e/remote/workspaces.sh

start_buildbox
write_hello
test_execution hello //:image //:image.layout
write_twenty
test_execution twenty //...

printf 'FROM base\nRUN exit 3\n' >app0/Dockerfile
expect_failure "a RUN that fails there says so" \
  'did not complete successfully: exit code: 3' //app0:image
