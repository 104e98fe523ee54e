#!/bin/sh
set -e
: "${NGINX_PORT:=80}" "${NGINX_HOST:=localhost}"
export NGINX_PORT NGINX_HOST
for template in /etc/nginx/templates/*.template; do
	# shellcheck disable=SC2016
	envsubst '$NGINX_PORT $NGINX_HOST' <"$template" >"/etc/nginx/conf.d/$(basename "$template" .template)"
done
