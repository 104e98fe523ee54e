#!/bin/sh
# No service is started or stopped when a package is installed in an image:
# 101 is "action forbidden", see invoke-rc.d(8).
exit 101
