// SPDX-License-Identifier: GPL-2.0
/*
 * logdiff [-x NAME]... HOST-LOG OFFSET PREFIX NAMESPACE-LOG [BANK] - do two binary
 * logs have the same records?  Of the host's, those from byte OFFSET on count,
 * but for files under PREFIX, which are of the host's own doing; of the
 * namespace's, those after boot_aggregate.  Byte by byte, in order; differences
 * are printed as in diff -u, with "-" for the host.
 *
 * -x is a documented difference: the namespace must have one record of that name
 * that the host does not have, printed with "*".  Given twice, two.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib.h"

#define MAX_EXTRA 32

static const char *extra[MAX_EXTRA];
static unsigned int nr_extra;

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

/* A record that the host lacks: is it one that it has to lack? */
static bool is_extra(const struct rec *r)
{
	unsigned int i;

	for (i = 0; i < nr_extra; i++) {
		if (strcmp(extra[i], rec_name(r)))
			continue;
		extra[i] = extra[--nr_extra];
		return true;
	}
	return false;
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
		} else if (k == m || (i < n && len[i + 1][k] >= len[i][k + 1])) {
			print('-', a, &a->recs[i++]);
			bad = 1;
		} else if (is_extra(&b->recs[k])) {
			print('*', b, &b->recs[k++]);
		} else {
			print('+', b, &b->recs[k++]);
			bad = 1;
		}
	}
	free(len);
	for (i = 0; i < nr_extra; i++) {
		printf("# %s: host IMA lacks no record of that name\n", extra[i]);
		bad = 1;
	}
	return bad;
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
	const char *bank;
	struct log host, ours;
	size_t len, offset;
	char *raw;
	int c;

	while ((c = getopt(argc, argv, "x:")) == 'x' && nr_extra < MAX_EXTRA)
		extra[nr_extra++] = optarg;
	argc -= optind - 1;
	argv += optind - 1;
	if (c != -1 || argc < 5) {
		fprintf(stderr,
			"usage: logdiff [-x NAME]... HOST-LOG OFFSET PREFIX NAMESPACE-LOG [BANK]\n");
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
	ours.recs++;
	ours.nr--;
	return diff(&host, &ours);
}
