/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the JSON reports have in common. json_set() and json_append() take the value. */
#pragma once

#include <jansson.h>

#include "base/strv.h"
#include "model/address.h"
#include "model/finding.h"
#include "model/outcome.h"
#include "model/policy.h"

#define json_set json_object_set_new
#define json_append json_array_append_new

/* {"version":1}, to be added to. */
json_t *json_report(void);
/* The report as text with a final newline; the report is gone afterwards. */
char *json_finish(json_t *report);

/* null for NULL. Bytes that are no UTF-8 become '?'. */
json_t *json_text(const char *text);
/* null for a negative number. */
json_t *json_count(int number);
json_t *json_hex(unsigned value, int digits);
json_t *json_address(const struct pci_address *address);
json_t *json_strv(const struct strv *strv);
json_t *json_finding(const char *check, const char *severity, const char *subject,
		     const char *detail, const char *remedy);
json_t *json_findings(const struct findings *findings);
json_t *json_outcomes(const struct outcomes *outcomes);
/* Where a planned file lies and what changes in it. */
json_t *json_file(const struct planned_file *file);
