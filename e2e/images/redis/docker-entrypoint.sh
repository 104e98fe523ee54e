#!/bin/sh
set -e
# `docker run redis --port 1` is `redis-server --port 1`.
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then
	set -- redis-server "$@"
fi
if [ "$1" = redis-server ]; then
	umask 0077
fi
exec "$@"
