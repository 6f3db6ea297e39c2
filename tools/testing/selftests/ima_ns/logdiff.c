// SPDX-License-Identifier: GPL-2.0
/*
 * logdiff [-x NAME] HOST-LOG OFFSET PREFIX NAMESPACE-LOG [BANK] - do two binary
 * logs have the same records?  Of the host's, those from byte OFFSET on count,
 * but for files under PREFIX, which are of the host's own doing; of the
 * namespace's, those after boot_aggregate.  Byte by byte, in order; differences
 * are printed as in diff -u, with "-" for the host.  With -x the namespace must
 * have one record of that name and the host none: a documented difference.
 */
#include <stdlib.h>
#include <string.h>

#include "lib.h"

static size_t size_of(const struct log *log, const struct rec *r)
{
	const uint8_t *from = r->digest - 4;
	const uint8_t *to = r + 1 < log->recs + log->nr ? r[1].digest - 4 : log->raw + log->len;

	return to - from;
}

static bool same(const struct log *a, const struct rec *ra, const struct log *b,
		 const struct rec *rb)
{
	return size_of(a, ra) == size_of(b, rb) &&
		!memcmp(ra->digest - 4, rb->digest - 4, size_of(a, ra));
}

static void print(char sign, const struct log *log, const struct rec *r)
{
	struct log one = { .digest_size = log->digest_size, .recs = (struct rec *)r, .nr = 1 };
	char *text = log_ascii(&one);

	printf("# %c%s", sign, text);
	free(text);
}

/* Longest common subsequence: logs are short here. */
static int diff(const struct log *a, const struct log *b)
{
	unsigned int n = a->nr, m = b->nr, i, k;
	unsigned int (*len)[m + 1] = calloc(n + 1, sizeof(*len));
	int bad = 0;

	for (i = n; i-- > 0;)
		for (k = m; k-- > 0;)
			len[i][k] = same(a, &a->recs[i], b, &b->recs[k]) ? len[i + 1][k + 1] + 1 :
				len[i + 1][k] > len[i][k + 1] ? len[i + 1][k] : len[i][k + 1];
	for (i = k = 0; i < n || k < m;) {
		if (i < n && k < m && same(a, &a->recs[i], b, &b->recs[k])) {
			print(' ', a, &a->recs[i++]);
			k++;
			continue;
		}
		bad = 1;
		if (k == m || (i < n && len[i + 1][k] >= len[i][k + 1]))
			print('-', a, &a->recs[i++]);
		else
			print('+', b, &b->recs[k++]);
	}
	free(len);
	return bad;
}

/* Take the one record of that name out; false when there is not one. */
static bool take_extra(struct log *log, const char *name)
{
	const struct rec *r = log_find(log, name, NULL);
	uint8_t *from;
	size_t n;

	if (!r || log_find(log, name, r)) {
		printf("# +%s: not once\n", name);
		return false;
	}
	from = (uint8_t *)r->digest - 4;
	n = size_of(log, r);
	memmove(from, from + n, log->raw + log->len - from - n);
	return !log_parse(log, log->raw, log->len - n, log->bank);
}

/* Without the records whose names begin with @prefix. */
static int drop(struct log *log, const char *prefix)
{
	uint8_t *raw = malloc(log->len + 1);
	const char *bank = log->bank;
	size_t len = 0, n;
	unsigned int i;

	for (i = 0; i < log->nr; i++) {
		if (!strncmp(rec_name(&log->recs[i]), prefix, strlen(prefix)))
			continue;
		n = size_of(log, &log->recs[i]);
		memcpy(raw + len, log->recs[i].digest - 4, n);
		len += n;
	}
	return log_parse(log, raw, len, bank);
}

int main(int argc, char **argv)
{
	const char *bank, *extra = NULL;
	struct log host, ours;
	size_t len, offset;
	char *raw;

	if (argc > 2 && !strcmp(argv[1], "-x")) {
		extra = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 5) {
		fprintf(stderr,
			"usage: logdiff [-x NAME] HOST-LOG OFFSET PREFIX NAMESPACE-LOG [BANK]\n");
		return 2;
	}
	bank = argc > 5 ? argv[5] : "sha1";
	offset = strtoul(argv[2], NULL, 10);
	raw = read_file(argv[1], &len);
	if (!raw || len < offset ||
	    log_parse(&host, (uint8_t *)raw + offset, len - offset, bank) || drop(&host, argv[3])) {
		printf("# %s: cannot be read from byte %zu on\n", argv[1], offset);
		return 2;
	}
	raw = read_file(argv[4], &len);
	if (!raw || log_parse(&ours, (uint8_t *)raw, len, bank) || !ours.nr) {
		printf("# %s: cannot be read\n", argv[4]);
		return 2;
	}
	if (extra && !take_extra(&ours, extra))
		return 1;
	ours.recs++;
	ours.nr--;
	return diff(&host, &ours);
}
