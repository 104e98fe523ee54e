#!/bin/sh
set -e
if [ "$1" = nginx ]; then
	for script in /docker-entrypoint.d/*.sh; do
		"$script"
	done
fi
exec "$@"
