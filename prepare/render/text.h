/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the text reports have in common. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/strv.h"
#include "model/finding.h"

/* A finding without an end of line; before_remedy stands before its remedy, if it has one. */
void text_finding(struct buf *buf, const struct finding *finding, const char *before_remedy);
/* The findings, errors first: severity, subject and detail in a line, the remedy in another below it. */
void text_findings(struct buf *buf, const struct findings *findings);

/*
 * Adds text in lines that a terminal of 96 columns shows whole, broken at blanks only. The first line
 * is indented by first blanks, the others by rest.
 */
void text_wrap(struct buf *buf, const char *text, unsigned first, unsigned rest);

/*
 * Adds a table: cells row by row, the titles as the first row; a column whose title is "" is left out.
 * Each line begins with indent and is cut at width, where that is not 0. What is not visible in a cell is made so.
 */
void text_table(struct buf *buf, struct strv *cells, size_t n_columns, const char *indent,
		unsigned width);

/* How many columns a terminal shows of UTF-8 text, and how many bytes of it fit into so many columns. */
size_t text_columns(const char *text);
size_t text_bytes_of(const char *text, size_t columns);

/* What the class of a PCI function is in a word or two, as lspci says it; "" for one that is not known here. */
const char *text_class(uint32_t class);

/* Bytes as people say them, exactly: "256M", "1G", "4096" is "4K". The caller's. */
char *text_bytes(uint64_t bytes);

/* Adds the lines of a planned file that change. */
void text_diff(struct buf *buf, const char *diff);
