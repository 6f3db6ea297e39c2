// SPDX-License-Identifier: GPL-2.0
/*
 * imans status: what the kernel module says about itself.
 */
#include "imans.h"

/* Keys whose values are numbers; whatever else a kernel tells is passed on as text. */
static bool is_number_key(const char *key, size_t len)
{
	static const char *const keys[] = { "namespaces", "born", "died", "refused", "inodes" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (len == strlen(keys[i]) && !memcmp(key, keys[i], len))
			return true;
	return false;
}

static void add_pair(struct json_object *obj, const char *line, size_t key_len, size_t len)
{
	char *key = text_escape(line, key_len);
	const char *v = line + key_len + 1;
	size_t v_len = len - key_len - 1;
	u64 n;

	if (is_number_key(line, key_len) && number_parse(v, v_len, &n))
		json_add_u64(obj, key, n);
	else
		json_add_text(obj, key, v, v_len);
	free(key);
}

static void print_pair(const char *line, size_t key_len, size_t len)
{
	text_put(stdout, line, key_len);
	printf(":%*s", key_len < 12 ? (int)(12 - key_len) : 1, "");
	text_put(stdout, line + key_len + 1, len - key_len - 1);
	putchar('\n');
}

static void show(const char *status, struct json_object *obj)
{
	const char *line, *eq;
	size_t len;

	for (line = status; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		eq = memchr(line, '=', len);
		if (!eq)
			continue;
		if (obj)
			add_pair(obj, line, (size_t)(eq - line), len);
		else
			print_pair(line, (size_t)(eq - line), len);
	}
}

static int check_probe(const struct imans *im, const char *status)
{
	size_t len;
	const char *probe = kv_find(status, "probe", &len);
	char *path;
	int ret;

	if (probe && len == 8 && !memcmp(probe, "attached", 8))
		return IMANS_OK;
	path = xasprintf("%s/status", im->root.path);
	ret = fail(path, "modprobe ima_ns_probe", "the probe is not attached, nothing is measured");
	free(path);
	return ret;
}

/** cmd_status() - show the file status; fails when nothing is measured */
int cmd_status(const struct imans *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	struct json_object *obj = NULL;
	bool json = false;
	char *status;
	int c, ret;

	while ((c = getopt_long(argc, argv, ":j", options, NULL)) != -1) {
		if (c != 'j')
			return option_error("status", argv, c);
		json = true;
	}
	if (optind != argc)
		return usage_error("status", "takes no argument");
	ret = ns_root_status(&im->root, &status);
	if (ret)
		return ret;
	if (json)
		obj = json_object_new_object();
	show(status, obj);
	if (obj)
		json_put(stdout, obj, true);
	json_object_put(obj);
	ret = check_probe(im, status);
	free(status);
	return ret;
}
