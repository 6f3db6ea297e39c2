// SPDX-License-Identifier: GPL-2.0
/*
 * imans list: one line per namespace.
 */
#include <time.h>
#include <unistd.h>

#include "imans.h"
#include "lib/table.h"

#define PCR_IMA 10
#define PCR_DIGITS 16 /* shown on a terminal */

static const struct table_column columns[] = {
	{ "NSID", TABLE_RIGHT, false },	      { "CONTAINER", TABLE_LEFT, true },
	{ "STATE", TABLE_LEFT, false },	      { "RECORDS", TABLE_RIGHT, false },
	{ "VIOLATIONS", TABLE_RIGHT, false }, { "PCR 10", TABLE_LEFT, false },
	{ "AGE", TABLE_RIGHT, false },	      { "PARENT", TABLE_LEFT, false },
};

/**
 * struct list - what is being built
 * @table: the table, or NULL
 * @array: the JSON array, or NULL
 * @width: columns of the terminal, or 0
 * @now: seconds since the epoch
 * @parents: some namespace has a parent: show the last column
 */
struct list {
	struct table *table;
	struct json_object *array;
	size_t width;
	u64 now;
	bool parents;
};

/**
 * struct entry - a namespace, read completely before it is shown
 * @name: its directory
 * @info: its files
 * @pcrs: its banks
 * @nr_banks: how many
 */
struct entry {
	const struct ns_name *name;
	struct ns_info info;
	struct ns_pcrs pcrs[NS_BANKS_MAX];
	size_t nr_banks;
};

static u64 age(const struct list *l, const struct entry *e)
{
	return l->now > e->info.birth ? l->now - e->info.birth : 0;
}

/* The bank to show when there is room for one: the first that is not SHA-1. */
static const struct ns_pcrs *best_bank(const struct entry *e)
{
	size_t i;

	for (i = 0; i < e->nr_banks; i++)
		if (strcmp(e->pcrs[i].bank->name, "sha1"))
			return &e->pcrs[i];
	return e->nr_banks ? &e->pcrs[0] : NULL;
}

static char *pcr_text(const struct entry *e, bool brief)
{
	const struct ns_pcrs *p = best_bank(e);
	char *hex, *s;

	if (!p)
		return xstrdup("-");
	hex = hex_string(p->value[PCR_IMA], p->bank->size);
	if (brief)
		s = xasprintf("%s:%.*s...", p->bank->name, PCR_DIGITS, hex);
	else
		s = xasprintf("%s:%s", p->bank->name, hex);
	free(hex);
	return s;
}

static char *number_text(u64 n)
{
	return xasprintf("%llu", (unsigned long long)n);
}

static char *records_text(const struct ns_info *info)
{
	if (!info->trimmed)
		return number_text(info->records);
	return xasprintf("%llu (%llu trimmed)", (unsigned long long)info->records,
			 (unsigned long long)info->trimmed);
}

static void add_row(struct list *l, const struct entry *e)
{
	const struct ns_info *info = &e->info;

	table_cell(l->table, xstrdup(e->name->dir));
	table_cell(l->table,
		   info->cgroup_len ? text_escape(info->cgroup, info->cgroup_len) : xstrdup("-"));
	/* A namespace that lost records matters more than whether it lives. */
	table_cell(l->table, info->poisoned ? xstrdup("poisoned") :
					      text_escape(info->state, strlen(info->state)));
	table_cell(l->table, records_text(info));
	table_cell(l->table, number_text(info->violations));
	table_cell(l->table, pcr_text(e, l->width > 0));
	table_cell(l->table, age_string(age(l, e)));
	if (l->parents)
		table_cell(l->table, info->parent ? text_escape(info->parent, info->parent_len) :
						    xstrdup("-"));
}

static bool is_number_key(const char *key)
{
	static const char *const keys[] = { "owner",   "birth",	   "members",
					    "trimmed", "poisoned", "nested" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

/* Every line of info, so that nothing is lost that a later kernel tells. */
static void add_info(struct json_object *obj, const char *text)
{
	const char *line, *eq;
	size_t len, v_len;
	char *key;
	u64 n;

	for (line = text; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		eq = memchr(line, '=', len);
		if (!eq)
			continue;
		key = text_escape(line, (size_t)(eq - line));
		v_len = len - (size_t)(eq - line) - 1;
		/* What was read from a file of its own, and the first line, come first. */
		if (!json_object_object_get_ex(obj, key, NULL)) {
			if (is_number_key(key) && number_parse(eq + 1, v_len, &n))
				json_add_u64(obj, key, n);
			else if (!strcmp(key, "device") && v_len == 4 && !memcmp(eq + 1, "none", 4))
				json_add(obj, key, NULL);
			else
				json_add_text(obj, key, eq + 1, v_len);
		}
		free(key);
	}
}

static void add_object(struct list *l, const struct entry *e)
{
	struct json_object *obj = json_object_new_object(), *pcr = json_object_new_object();
	size_t i;

	json_add_u64(obj, "nsid", e->name->nsid);
	json_add_string(obj, "directory", e->name->dir);
	json_add_u64(obj, "records", e->info.records);
	json_add_u64(obj, "violations", e->info.violations);
	json_add_u64(obj, "age", age(l, e));
	for (i = 0; i < e->nr_banks; i++)
		json_add_hex(pcr, e->pcrs[i].bank->name, e->pcrs[i].value[PCR_IMA],
			     e->pcrs[i].bank->size);
	json_add(obj, "pcr10", pcr);
	add_info(obj, e->info.text);
	json_object_array_add(l->array, obj);
}

static int read_entry(int dirfd, struct entry *e, const char **file)
{
	const struct bank *banks[NS_BANKS_MAX];
	size_t i, count;
	int ret;

	*file = "info";
	ret = ns_info_read(dirfd, &e->info, file);
	if (ret)
		return ret;
	count = ns_banks(dirfd, banks, ARRAY_SIZE(banks));
	*file = "pcrs";
	for (i = 0; i < count; i++) {
		ret = ns_pcrs_read(dirfd, banks[i], &e->pcrs[i]);
		if (ret)
			return ret;
	}
	e->nr_banks = count;
	return 0;
}

static int add_namespace(const struct imans *im, struct list *l, const struct ns_name *name)
{
	char *file_path;
	struct entry e = { .name = name };
	const char *file = NULL;
	int dirfd = ns_open_fd(&im->root, name), err, ret = IMANS_OK;

	err = dirfd < 0 ? dirfd : read_entry(dirfd, &e, &file);
	if (!err && l->array)
		add_object(l, &e);
	else if (!err)
		add_row(l, &e);
	/* A namespace may die between readdir() and here; that is no error. */
	if (err && err != -ENOENT) {
		file_path = ns_path(&im->root, name, file);
		ret = err == -EBADMSG ? fail(file_path, "is this another version of ima_ns?",
					     "the content is not what it should be") :
					fail_errno(file_path, NULL, -err);
		free(file_path);
	}
	ns_info_free(&e.info);
	if (dirfd >= 0)
		close(dirfd);
	return ret;
}

/* Is there a container inside a container? */
static bool any_parent(const struct imans *im, const struct ns_name *names, size_t count)
{
	struct ns_info info;
	const char *file;
	bool found = false;
	size_t i;
	int dirfd;

	for (i = 0; i < count && !found; i++) {
		dirfd = ns_open_fd(&im->root, &names[i]);
		if (dirfd < 0)
			continue;
		found = !ns_info_read(dirfd, &info, &file) && info.parent;
		ns_info_free(&info);
		close(dirfd);
	}
	return found;
}

/** cmd_list() - list all namespaces; one that cannot be read does not hide the others */
int cmd_list(const struct imans *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	struct list l = { .width = terminal_width(STDOUT_FILENO), .now = (u64)time(NULL) };
	struct ns_name *names;
	bool json = false;
	size_t count, i;
	int c, ret;

	while ((c = getopt_long(argc, argv, ":j", options, NULL)) != -1) {
		if (c != 'j')
			return option_error("list", argv, c);
		json = true;
	}
	if (optind != argc)
		return usage_error("list", "takes no argument");
	ret = ns_list(&im->root, &names, &count);
	if (ret)
		return ret;
	if (json) {
		l.array = json_object_new_array();
	} else {
		l.parents = any_parent(im, names, count);
		l.table = table_new(columns, ARRAY_SIZE(columns) - !l.parents);
	}
	for (i = 0; i < count; i++)
		ret |= add_namespace(im, &l, &names[i]);
	if (l.array) {
		json_put(stdout, l.array, true);
		json_object_put(l.array);
	} else {
		table_print(l.table, stdout, l.width);
		table_free(l.table);
	}
	free(names);
	return ret;
}
