/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the host which generator makes its images of the initramfs, where it has programs of several. */
#pragma once

#include "host/root.h"
#include "model/host_places.h"

enum image_generator generator_of(struct root *root);
