/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/export_install.h"
#include "support.h"

static struct profile profile;

/* What the exports get of that profile. */
static void take_profile(const char *text)
{
	struct findings findings = {};

	profile_done(&profile);
	profile = (struct profile){};
	assert_int_equal(ini_file_parse(text, strlen(text), "p", &profile.entries, &findings), 0);
	check_findings(text, &findings, "");
	findings_done(&findings);
}

/* A profile stands there to be read, or, where YAML could mind anything in it, as base64. */
TEST(profiles)
{
	struct export export = {.profile = &profile};
	struct buf buf = {};

	take_profile(
		"[host]\ndescription = \"- a: 'b' # {{ c }} | $(d)\"\n[device x]\nalias = y\n");
	add_profile_file(&buf, &export, 2);
	assert_string_equal(buf_text(&buf), "  - path: /etc/vfio-prepare/profile.conf\n"
					    "    permissions: '0644'\n"
					    "    content: |\n"
					    "      [host]\n"
					    "      description = \"- a: 'b' # {{ c }} | $(d)\"\n"
					    "\n"
					    "      [device x]\n"
					    "      alias = y\n");
	buf_done(&buf);
	take_profile("[host]\ndescription = \xc3\xa9\n");
	add_profile_file(&buf, &export, 0);
	assert_string_equal(buf_text(&buf), "- path: /etc/vfio-prepare/profile.conf\n"
					    "  permissions: '0644'\n"
					    "  encoding: b64\n"
					    "  content: W2hvc3RdCmRlc2NyaXB0aW9uID0gw6kK\n");
	buf_done(&buf);
	profile_done(&profile);
}

static struct tree cloud;

/* script, with a directory of the test in the place of cloud-init's. */
static void add_script_for_test(struct buf *command, const char *script)
{
	static const char own[] = "/var/lib/cloud/";

	for (const char *found; (found = strstr(script, own)); script = found + strlen(own)) {
		buf_add_n(command, script, (size_t)(found - script));
		buf_addf(command, "%s/", cloud.path);
	}
	buf_add(command, script);
}

static int run_command(const char *command, char said[static 512])
{
	FILE *pipe = popen(command, "r");

	assert_non_null(pipe);
	said[fread(said, 1, 511, pipe)] = '\0';
	return WEXITSTATUS(pclose(pipe));
}

/* Runs the script with programs that are not the real ones; its status, and what they say in said. */
static int run_script(const struct export *export, const char *programs, char said[static 512])
{
	_cleanup_(buf_done) struct buf script = {}, command = {};

	add_install_script(&script, export);
	assert_null(strstr(buf_text(&script), "{{"));
	assert_null(strstr(buf_text(&script), "}}"));
	assert_null(strchr(buf_text(&script), '\t'));
	buf_addf(&command, "exec 2>&1\n%s\n", programs);
	add_script_for_test(&command, buf_text(&script));
	return run_command(buf_text(&command), said);
}

/* No function of sh has a hyphen in its name. */
#define VIRT(status) "virt() { return " #status "; }\nalias systemd-detect-virt=virt\n"
#define TOOL(status) "tool() { echo \"ran $*\"; return " #status "; }\nalias vfio-prepare=tool\n"
#define NO_CURL "command() { [ \"$2\" != curl ]; }\nwget() { echo \"wget $*\"; return 1; }\n"

/* What it comes to, without a program being installed. */
TEST(scripts)
{
	static const struct {
		const char *url, *programs;
		int status;
		const char *said; /* has this; NULL: nothing is said */
	} rows[] = {
		{NULL, VIRT(1) TOOL(0), 0, "ran apply --rebuild\n"},
		{NULL, VIRT(1) TOOL(5), 0, "ran apply --rebuild\n"},
		{NULL, VIRT(1) TOOL(3), 3, "apply ended with status 3"},
		{NULL, VIRT(127) TOOL(0), 0, "ran apply --rebuild\n"},
		{NULL, VIRT(0) TOOL(1), 0, NULL},
		{NULL, VIRT(1) "command() { return 1; }\n", 1, "nothing is prepared"},
		{"file:///nonsense/x", VIRT(1) TOOL(0), 0, "could not be installed from file:///"},
		{"https://h.example/x?a&b", VIRT(1) TOOL(0) NO_CURL, 0,
		 "https://h.example/x?a&b\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct export export = {.url = (char *)rows[i].url};
		char said[512], row[16];

		snprintf(row, sizeof(row), "row %zu", i);
		check_int(row, run_script(&export, rows[i].programs, said), rows[i].status);
		if (!rows[i].said)
			check_text(row, said, "");
		else if (!strstr(said, rows[i].said))
			fail_msg("%s says: %s", row, said);
	}
}

/* After a restart that apply asked for it runs once more, and restarts again where apply still wants it. */
TEST(the_next_boot)
{
	static const struct {
		int status;
		const char *said;
	} rows[] = {
		{0, "ran apply --rebuild\n0 left\n"},
		{3, "ran apply --rebuild\n3 left\n"},
		{5, "ran apply --rebuild\nsystemctl --no-block reboot\n0 left\n"},
	};
	struct export export = {};
	char said[512];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(buf_done) struct buf command = {};

		assert_int_equal(run_script(&export, VIRT(1) TOOL(5), said), 0);
		buf_addf(
			&command,
			"exec 2>&1; cd %s && mkdir -p bin && printf '#!/bin/sh\necho ran $*\nexit %d\n' >bin/vfio-prepare\n"
			"printf '#!/bin/sh\necho systemctl $*\n' >bin/systemctl; chmod 755 bin/*\n"
			"PATH=$PWD/bin:$PATH scripts/per-boot/vfio-prepare; echo $?$(ls scripts/per-boot) left\n",
			cloud.path, rows[i].status);
		run_command(buf_text(&command), said);
		check_text("script", said, rows[i].said);
	}
}

TEST(cloud_init)
{
	struct export export = {.profile = &profile};
	char *text;

	take_profile("[device x]\nalias = y\n");
	text = render_cloud_init(&export);
	assert_int_equal(strncmp(text, "#cloud-config\n", strlen("#cloud-config\n")), 0);
	assert_non_null(strstr(text, "\n    vfio-prepare apply --rebuild"));
	assert_non_null(strstr(text, "\n  condition: test -e /run/vfio-prepare/reboot-required\n"));
	free(text);
	profile_done(&profile);
}

/* Juju refuses runcmd, and what stands behind the script runs whatever becomes of it. */
TEST(juju_model)
{
	struct export export = {.profile = &profile};
	char *text;

	take_profile("[device x]\nalias = y\n");
	text = render_juju_model(&export);
	check_part("profile", text,
		   "cloudinit-userdata: |\n  write_files:\n  - path: /etc/vfio-prepare/");
	check_part("script", text, "  postruncmd:\n  - |\n    (\n    # Installs");
	check_part("end", text, "    exit $status\n    ) || echo");
	check_part("restart", text, "\n  power_state:\n    mode: reboot\n");
	check("runcmd", !strstr(text, " runcmd:"));
	free(text);
	profile_done(&profile);
}

static int begin(void **state _unused_)
{
	tree_init(&cloud);
	return 0;
}

static int end(void **state _unused_)
{
	tree_done(&cloud);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(profiles),      cmocka_unit_test(scripts),
		cmocka_unit_test(the_next_boot), cmocka_unit_test(cloud_init),
		cmocka_unit_test(juju_model),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
