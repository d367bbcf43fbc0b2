#!/usr/bin/bash
check() { return 0; }
install() { inst_hook pre-trigger 91 "$moddir/override.sh"; }
