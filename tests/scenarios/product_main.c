/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The product's main() under another name: the rest of the product comes out of the archive. */
int product_main(int argc, char **argv);
#define main product_main
#include "../../prepare/main.c"
