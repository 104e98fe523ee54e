#!/bin/sh
set -e
: "${NGINX_PORT:=80}" "${NGINX_HOST:=localhost}"
export NGINX_PORT NGINX_HOST
for template in /etc/nginx/templates/*.template; do
	name=$(basename "$template" .template)
	envsubst '$NGINX_PORT $NGINX_HOST' <"$template" >"/etc/nginx/conf.d/$name"
done
