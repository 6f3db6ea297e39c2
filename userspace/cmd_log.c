// SPDX-License-Identifier: GPL-2.0
/*
 * imans log: a measurement log, decoded.
 */
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "imans.h"

/* How often --follow looks whether the namespace still exists. */
#define ALIVE_CHECK_MS 1000
/* Pause when poll() says "readable" and there is nothing to read, as for a plain file. */
#define NO_POLL_PAUSE_MS 200

enum log_format { FORMAT_TEXT, FORMAT_ASCII, FORMAT_JSON };

/**
 * struct log_options - the command line
 * @format: how to print
 * @follow: wait for more at the end
 * @verify: check template digests
 * @bank: name of the bank, or NULL
 * @pid: a process in the namespace, or NULL
 * @file: a saved log, or NULL
 */
struct log_options {
	enum log_format format;
	bool follow;
	bool verify;
	const char *bank;
	const char *pid;
	const char *file;
};

/**
 * struct log_run - a log that is being shown
 * @opt: the command line
 * @bank: bank of the log
 * @path: file, for messages
 * @dirfd: directory of the namespace, or -1 for a saved log
 * @fd: the log
 * @stream: the log, record by record
 * @trimmed: records that the log had before those in the stream
 * @missed: records were trimmed before they could be read
 * @hasher: for --verify-digests, or NULL
 * @mismatches: records whose template digest is wrong
 * @polled: bytes of the stream when poll() last said "readable"
 */
struct log_run {
	const struct log_options *opt;
	const struct bank *bank;
	char *path;
	int dirfd;
	int fd;
	struct log_stream stream;
	u64 trimmed;
	bool missed;
	struct hasher *hasher;
	u64 mismatches;
	u64 polled;
};

/* showing a record */

static const struct log_field *find_role(const struct log_record *rec, enum field_role role)
{
	unsigned int i;

	for (i = 0; i < rec->nr_fields; i++)
		if (field_role(&rec->fields[i]) == role)
			return &rec->fields[i];
	return NULL;
}

static void put_ascii(FILE *out, const struct log_record *rec)
{
	unsigned int i;

	fprintf(out, "%2d ", (int)rec->pcr);
	hex_put(out, rec->digest, rec->digest_len);
	putc(' ', out);
	text_put(out, rec->name, rec->name_len);
	for (i = 0; i < rec->nr_fields; i++) {
		putc(' ', out);
		field_put_ascii(out, &rec->fields[i]);
	}
	putc('\n', out);
}

static void put_header(FILE *out)
{
	fprintf(out, "%7s %3s %-8s  %-71s  %s\n", "RECORD", "PCR", "TEMPLATE", "FILE DIGEST",
		"NAME");
}

static void put_text(FILE *out, const struct log_record *rec, bool mismatch)
{
	const struct log_field *digest = find_role(rec, FIELD_FILE_DIGEST);
	const struct log_field *name = find_role(rec, FIELD_FILE_NAME);
	char *template = text_escape(rec->name, rec->name_len);
	unsigned int i;
	long pad = 71;

	fprintf(out, "%7llu %3u %-8s  ", (unsigned long long)rec->number, rec->pcr, template);
	free(template);
	if (rec->violation) {
		pad -= fprintf(out, "VIOLATION");
	} else if (digest) {
		char *s = NULL;
		size_t size;
		FILE *mem = open_memstream(&s, &size);

		field_put(mem, digest);
		fclose(mem);
		fputs(s, out);
		pad -= (long)utf8_width(s);
		free(s);
	} else {
		pad -= fprintf(out, "-");
	}
	fprintf(out, "%*s  ", pad > 0 ? (int)pad : 0, "");
	if (name)
		field_put(out, name);
	else
		putc('-', out);
	for (i = 0; i < rec->nr_fields; i++) {
		const struct log_field *f = &rec->fields[i];

		if (f == digest || f == name || !f->len)
			continue;
		putc(' ', out);
		field_put_id(out, rec, i);
		putc('=', out);
		field_put(out, f);
	}
	fputs(mismatch ? " MISMATCH\n" : "\n", out);
}

static void put_json(FILE *out, const struct log_run *run, const struct log_record *rec,
		     bool mismatch)
{
	const struct log_field *digest = find_role(rec, FIELD_FILE_DIGEST);
	const struct log_field *name = find_role(rec, FIELD_FILE_NAME);
	struct json_object *obj = json_object_new_object(), *fields = json_object_new_array();
	unsigned int i;

	json_add_u64(obj, "record", rec->number);
	json_add_u64(obj, "pcr", rec->pcr);
	json_add_string(obj, "bank", run->bank->name);
	json_add_hex(obj, "template_digest", rec->digest, rec->digest_len);
	json_add_text(obj, "template", rec->name, rec->name_len);
	json_add(obj, "violation", json_object_new_boolean(rec->violation));
	/* A violation's digest says "violation" and nothing about its data. */
	if (run->hasher && !rec->violation)
		json_add(obj, "digest_ok", json_object_new_boolean(!mismatch));
	if (digest)
		field_json_value(obj, "file_digest", digest);
	if (name)
		field_json_value(obj, "name", name);
	for (i = 0; i < rec->nr_fields; i++)
		json_object_array_add(fields, field_json(rec, i));
	json_add(obj, "fields", fields);
	json_put(out, obj, false);
	json_object_put(obj);
}

/* reading */

static int check_digest(struct log_run *run, const struct log_record *rec, bool *mismatch)
{
	u8 digest[LOG_DIGEST_MAX];

	*mismatch = false;
	if (!run->hasher || rec->violation)
		return IMANS_OK;
	if (hasher_template_digest(run->hasher, rec, digest))
		return fail(run->path, NULL, "record %llu: OpenSSL cannot hash it",
			    (unsigned long long)rec->number);
	*mismatch = memcmp(digest, rec->digest, rec->digest_len) != 0;
	run->mismatches += *mismatch;
	return IMANS_OK;
}

static int show_record(struct log_run *run, struct log_record *rec)
{
	bool mismatch;
	int ret;

	rec->number += run->trimmed;
	ret = check_digest(run, rec, &mismatch);
	if (ret)
		return ret;
	if (run->opt->format == FORMAT_JSON)
		put_json(stdout, run, rec, mismatch);
	else if (run->opt->format == FORMAT_ASCII)
		put_ascii(stdout, rec);
	else
		put_text(stdout, rec, mismatch);
	if (mismatch)
		fail(run->path, "do not trust this log",
		     "record %llu: template digest: does not match the record's data",
		     (unsigned long long)rec->number);
	/* A mismatch does not end it: all of the log is worth seeing. */
	return ferror(stdout) ? IMANS_FAILED : IMANS_OK;
}

/*
 * Since when is there a log?  Once the first record is in our buffer, what the
 * kernel says about trimming before and after it was read must be the same, or
 * we do not know its number.
 *
 * Return: whether that has changed since the last call.
 */
static bool look_for_start(struct log_run *run)
{
	struct ns_checkpoint c;
	u64 before = run->trimmed;

	if (run->dirfd >= 0 && !ns_checkpoint_read(run->dirfd, run->bank, &c))
		run->trimmed = c.records;
	if (run->trimmed == before)
		return false;
	if (run->opt->format == FORMAT_TEXT)
		printf("(%llu records were trimmed)\n", (unsigned long long)run->trimmed);
	return true;
}

/* The kernel has lost our place: the host has trimmed the log. */
static int start_again(struct log_run *run)
{
	u64 known = run->trimmed + run->stream.records;
	int err = log_stream_rewind(&run->stream);

	if (err)
		return fail_errno(run->path, NULL, -err);
	look_for_start(run);
	if (run->trimmed > known) {
		fail(run->path, "they are gone", "%llu records were trimmed before they were read",
		     (unsigned long long)(run->trimmed - known));
		run->missed = true;
	}
	return IMANS_OK;
}

static bool namespace_gone(const struct log_run *run)
{
	return run->dirfd >= 0 && faccessat(run->dirfd, "info", F_OK, 0) && errno == ENOENT;
}

/* Wait for more to read; false when there will never be more, or nobody to show it to. */
static bool wait_for_more(struct log_run *run)
{
	const struct timespec pause = { .tv_nsec = NO_POLL_PAUSE_MS * 1000000L };
	struct pollfd p[] = {
		{ .fd = run->fd, .events = POLLIN },
		{ .fd = STDOUT_FILENO, .events = 0 }, /* a pipe without reader is POLLERR */
	};

	if (run->polled == run->stream.bytes)
		nanosleep(&pause, NULL);
	run->polled = UINT64_MAX;
	if (poll(p, ARRAY_SIZE(p), ALIVE_CHECK_MS) <= 0)
		return true;
	if (p[0].revents & POLLIN)
		run->polled = run->stream.bytes;
	return !p[1].revents && (!p[0].revents || (p[0].revents & POLLIN));
}

static int fail_at(const struct log_run *run, const struct log_error *err)
{
	return fail(run->path, "is the bank right, and the file complete?", "record %llu: %s: %s",
		    (unsigned long long)(run->trimmed + err->record), err->field, err->what);
}

/*
 * @last is set once nothing will be added any more.  What is in the log by then
 * is still read, so the end of a container's life is shown too.
 */
static int show_log(struct log_run *run)
{
	bool last = !run->opt->follow;
	struct log_record rec;
	struct log_error err;
	int ret;

	run->polled = UINT64_MAX;
	/* Whoever reads our output shall see a record before we wait for the next. */
	if (run->opt->follow)
		setlinebuf(stdout);
	if (run->opt->format == FORMAT_TEXT)
		put_header(stdout);
	look_for_start(run);
	for (;;) {
		switch (log_next(&run->stream, &rec, &err)) {
		case LOG_RECORD:
			if (rec.number == 1 && look_for_start(run))
				ret = start_again(run);
			else
				ret = show_record(run, &rec);
			if (ret)
				return ret;
			continue;
		case LOG_UNREADABLE:
			if (errno != ESTALE)
				return fail_errno(run->path, NULL, errno);
			ret = start_again(run);
			if (ret)
				return ret;
			continue;
		case LOG_BAD:
			return fail_at(run, &err);
		case LOG_PARTIAL:
			if (last)
				return fail_at(run, &err);
			break;
		case LOG_END:
			if (last)
				return run->mismatches || run->missed ? IMANS_FAILED : IMANS_OK;
			break;
		}
		last = namespace_gone(run) || !wait_for_more(run);
	}
}

/* finding the log */

static const struct bank *default_bank(int dirfd)
{
	/* SHA-1 is always there, and only better than nothing. */
	if (!faccessat(dirfd, "binary_runtime_measurements_sha256", F_OK, 0))
		return bank_lookup("sha256", 6);
	return bank_lookup("sha1", 4);
}

static int open_namespace(const struct imans *im, const char *arg, struct log_run *run)
{
	struct ns_name name;
	char *file;
	int ret;

	ret = ns_resolve(&im->root, arg, run->opt->pid, &name);
	if (!ret)
		ret = ns_open(&im->root, &name, &run->dirfd);
	if (ret)
		return ret;
	if (!run->bank)
		run->bank = default_bank(run->dirfd);
	file = xasprintf("binary_runtime_measurements_%s", run->bank->name);
	run->path = ns_path(&im->root, &name, file);
	run->fd = openat(run->dirfd, file, O_RDONLY | O_CLOEXEC);
	free(file);
	if (run->fd < 0)
		return fail_errno(run->path, errno == ENOENT ? "see banks in imans status" : NULL,
				  errno);
	return IMANS_OK;
}

/* "..._sha256" is the log of bank sha256; any other name is taken for SHA-1's. */
static const struct bank *bank_of_file(const char *file)
{
	const char *suffix = strrchr(file, '_');
	const struct bank *bank = suffix ? bank_lookup(suffix + 1, strlen(suffix + 1)) : NULL;

	return bank ? bank : bank_lookup("sha1", 4);
}

static int open_file(struct log_run *run)
{
	const char *file = run->opt->file;

	if (!run->bank)
		run->bank = bank_of_file(file);
	if (!strcmp(file, "-")) {
		run->path = xstrdup("standard input");
		run->fd = dup(STDIN_FILENO);
	} else {
		run->path = xstrdup(file);
		run->fd = open(file, O_RDONLY | O_CLOEXEC);
	}
	return run->fd < 0 ? fail_errno(run->path, NULL, errno) : IMANS_OK;
}

static int run_log(const struct imans *im, const struct log_options *opt, const char *arg)
{
	struct log_run run = { .opt = opt, .dirfd = -1, .fd = -1 };
	int ret;

	if (opt->bank) {
		run.bank = bank_lookup(opt->bank, strlen(opt->bank));
		if (!run.bank)
			return usage_error("log", "the bank is one of sha1, sha256, sha384, "
						  "sha512, sm3");
	}
	ret = opt->file ? open_file(&run) : open_namespace(im, arg, &run);
	if (!ret && opt->verify) {
		run.hasher = hasher_new(run.bank);
		if (!run.hasher)
			ret = fail(run.path, "take another bank with --bank", "OpenSSL has no %s",
				   run.bank->name);
	}
	if (!ret) {
		log_stream_init(&run.stream, run.fd, run.bank->size);
		ret = show_log(&run);
		log_stream_free(&run.stream);
	}
	hasher_free(run.hasher);
	free(run.path);
	if (run.fd >= 0)
		close(run.fd);
	if (run.dirfd >= 0)
		close(run.dirfd);
	return ret;
}

/** cmd_log() - show a log */
int cmd_log(const struct imans *im, int argc, char **argv)
{
	enum { OPT_FILE = 256 };
	static const struct option options[] = {
		{ "follow", no_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ "ascii", no_argument, NULL, 'a' },
		{ "bank", required_argument, NULL, 'b' },
		{ "verify-digests", no_argument, NULL, 'V' },
		{ "pid", required_argument, NULL, 'p' },
		{ "file", required_argument, NULL, OPT_FILE },
		{ 0 },
	};
	struct log_options opt = { .format = FORMAT_TEXT };
	int c;

	while ((c = getopt_long(argc, argv, ":fjab:Vp:", options, NULL)) != -1) {
		if (c == 'f')
			opt.follow = true;
		else if (c == 'j' || c == 'a')
			opt.format = c == 'j' ? FORMAT_JSON : FORMAT_ASCII;
		else if (c == 'b')
			opt.bank = optarg;
		else if (c == 'V')
			opt.verify = true;
		else if (c == 'p')
			opt.pid = optarg;
		else if (c == OPT_FILE)
			opt.file = optarg;
		else
			return option_error("log", argv, c);
	}
	if ((argc - optind) + !!opt.pid + !!opt.file != 1)
		return usage_error("log", "needs one log: NSID, --pid PID or --file FILE");
	return run_log(im, &opt, argv[optind]);
}
