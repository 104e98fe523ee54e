#!/bin/sh
# Stands for every tool in tests that only look at actions.
exit 1
