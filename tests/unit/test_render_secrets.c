/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/secrets.h"

#include "support.h"

TEST(secrets)
{
	static const char *const rows[][2] = {
		{"rd.iscsi.password=zoe rd.iscsi.password_in=zoe ro",
		 "rd.iscsi.password=hidden rd.iscsi.password_in=hidden ro"},
		{"username=al,password=zo@e,uid=0", "username=al,password=hidden,uid=0"},
		{"pass=zoe&x wpa-psk=\"zo e\"", "pass=hidden&x wpa-psk=\"hidden\""},
		{"export DB_SECRET='zo e'\nPGPASSWORD=zoe",
		 "export DB_SECRET='hidden'\nPGPASSWORD=hidden"},
		{"password = zo e\nuser = al", "password = hidden\nuser = al"},
		{"  passwd: zoe, x\n", "  passwd: hidden\n"},
		{"{\"access_token\": \"zoe\", \"a\":1}", "{\"access_token\": \"hidden\", \"a\":1}"},
		{"{\"token\":\"zoe\"}", "{\"token\":\"hidden\"}"},
		{"curl --password zoe --token zoe x", "curl --password hidden --token hidden x"},
		{"acme.key=zoe", "acme.key=hidden"},
		{"https://h/x?a=1&token=zoe&b=2", "https://h/x?a=1&token=hidden&b=2"},
		{"https://al:z@e@h/x http://h/a@b", "https://hidden@h/x http://h/a@b"},
		{"iscsi:bob:s3cret@10.0.0.1", "iscsi:hidden@10.0.0.1"},
		{"iscsi:10.0.0.1::::iqn", "iscsi:10.0.0.1::::iqn"},
		{"password=hidden", "password=hidden"},
		/* None. */
		{"rd.luks.key=/etc/zoe keyfile=/etc/zoe", "rd.luks.key=/etc/zoe keyfile=/etc/zoe"},
		{"key=$1; KERNEL_KEY==\"x\" monkey=x", "key=$1; KERNEL_KEY==\"x\" monkey=x"},
		{"iommu.passthrough=1 bypass=1 password= x",
		 "iommu.passthrough=1 bypass=1 password= hidden"},
		{"password:zoe", "password:zoe"},
		{"a -- b", "a -- b"},
		{"=x:y", "=x:y"},
		{"password=", "password="},
		{"", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t length = 4711;
		_cleanup_free_ char *got = hide_secrets(rows[i][0], strlen(rows[i][0]), &length);

		check_text(rows[i][0], got, rows[i][1]);
		check_int(rows[i][0], length, strlen(rows[i][1]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
