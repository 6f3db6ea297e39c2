// SPDX-License-Identifier: GPL-2.0
/*
 * imans trim: delete the oldest records of a log, and keep them elsewhere if
 * somebody shall be able to verify it from its beginning.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "imans.h"

/**
 * struct trim_options - the command line
 * @count: records to delete
 * @all: delete as many as there are
 * @save: file to append them to, or NULL
 * @bank: name of the bank to save, or NULL
 * @pid: a process in the namespace, or NULL
 */
struct trim_options {
	u64 count;
	bool all;
	const char *save;
	const char *bank;
	const char *pid;
};

/**
 * struct trim - a log that is being trimmed
 * @opt: the command line
 * @bank: bank of the log
 * @path: its file, for messages
 * @dirfd: directory of the namespace
 * @fd: the log, open for reading and writing: nobody else trims meanwhile
 * @out: the file to save to, or -1
 * @out_size: its size before
 */
struct trim {
	const struct trim_options *opt;
	const struct bank *bank;
	char *path;
	int dirfd;
	int fd;
	int out;
	off_t out_size;
};

static int open_log(const struct imans *im, const char *arg, struct trim *t)
{
	struct ns_name name;
	char *file;
	int ret;

	ret = ns_resolve(&im->root, arg, t->opt->pid, &name);
	if (!ret)
		ret = ns_open(&im->root, &name, &t->dirfd);
	if (ret)
		return ret;
	if (!t->bank)
		t->bank = bank_lookup("sha1", 4);
	file = xasprintf("binary_runtime_measurements_%s", t->bank->name);
	t->path = ns_path(&im->root, &name, file);
	t->fd = openat(t->dirfd, file, O_RDWR | O_CLOEXEC);
	free(file);
	if (t->fd >= 0)
		return IMANS_OK;
	if (errno == EBUSY)
		return fail(t->path, "wait for it to end", "another program is trimming this log");
	return fail_errno(t->path, errno == ENOENT ? "see banks in imans status" : NULL, errno);
}

static int write_all(int fd, const u8 *data, size_t len)
{
	ssize_t n;

	for (; len; data += n, len -= (size_t)n) {
		do
			n = write(fd, data, len);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return n ? errno : EIO;
	}
	return 0;
}

static int too_few(const struct trim *t, u64 have)
{
	return fail(t->path, "nothing was deleted", "the log has only %llu records",
		    (unsigned long long)have);
}

/* Copy the records that will be deleted, byte for byte; @count becomes exact. */
static int copy_records(const struct trim *t, u64 *count)
{
	struct log_stream stream;
	enum log_status status = LOG_RECORD;
	struct log_record rec;
	struct log_error err;
	int ret = IMANS_OK, error;

	log_stream_init(&stream, t->fd, t->bank->size);
	while (!ret && stream.records < *count) {
		status = log_next(&stream, &rec, &err);
		if (status != LOG_RECORD)
			break;
		error = write_all(t->out, rec.raw, rec.raw_len);
		if (error)
			ret = fail_errno(t->opt->save, "nothing was deleted", error);
	}
	if (!ret && status == LOG_UNREADABLE)
		ret = fail_errno(t->path, NULL, errno);
	else if (!ret && (status == LOG_BAD || status == LOG_PARTIAL))
		ret = fail(t->path, "nothing was deleted", "record %llu: %s: %s",
			   (unsigned long long)err.record, err.field, err.what);
	else if (!ret && t->opt->all)
		*count = stream.records;
	else if (!ret && stream.records < *count)
		ret = too_few(t, stream.records);
	log_stream_free(&stream);
	return ret;
}

/* What is to be deleted must have arrived on the disk before. */
static int save(struct trim *t, u64 *count)
{
	const char *file = t->opt->save;
	int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), ret;
	struct stat st;

	if (fd < 0)
		return fail_errno(file, NULL, errno);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return fail(file, "give one that keeps what is written", "is not a regular file");
	}
	t->out = fd;
	t->out_size = st.st_size;
	ret = copy_records(t, count);
	if (!ret && fsync(t->out))
		ret = fail_errno(file, "nothing was deleted", errno);
	return ret;
}

/* Records that were not deleted after all would be in the file twice the next time. */
static void close_save(const struct trim *t, bool deleted)
{
	if (t->out < 0)
		return;
	if (!deleted && ftruncate(t->out, t->out_size))
		fail_errno(t->opt->save, "take away what was appended to it", errno);
	close(t->out);
}

static int count_all(const struct trim *t, u64 *count)
{
	struct ns_info info;
	const char *file;
	int err = ns_info_read(t->dirfd, &info, &file);

	*count = info.records;
	ns_info_free(&info);
	return err ? fail_errno(file, NULL, -err) : IMANS_OK;
}

static int delete(const struct trim *t, u64 count)
{
	char request[32];
	int n = snprintf(request, sizeof(request), "%llu\n", (unsigned long long)count);
	ssize_t written = write(t->fd, request, (size_t)n);
	struct ns_info info;
	const char *file;

	if (written == n)
		return IMANS_OK;
	if (written < 0 && errno == ENOENT && !ns_info_read(t->dirfd, &info, &file)) {
		ns_info_free(&info);
		return too_few(t, info.records);
	}
	return fail_errno(t->path, NULL, written < 0 ? errno : EIO);
}

static int run_trim(const struct imans *im, const struct trim_options *opt, const char *arg)
{
	struct trim t = { .opt = opt, .dirfd = -1, .fd = -1, .out = -1 };
	u64 count = opt->all ? UINT64_MAX : opt->count;
	int ret;

	if (opt->bank) {
		t.bank = bank_lookup(opt->bank, strlen(opt->bank));
		if (!t.bank)
			return usage_error("trim", "the bank is one of sha1, sha256, sha384, "
						   "sha512, sm3");
	}
	ret = open_log(im, arg, &t);
	if (!ret && opt->save)
		ret = save(&t, &count);
	else if (!ret && opt->all)
		ret = count_all(&t, &count);
	if (!ret && count)
		ret = delete(&t, count);
	if (!ret)
		printf("%llu records deleted\n", (unsigned long long)count);
	close_save(&t, !ret);
	free(t.path);
	if (t.fd >= 0)
		close(t.fd);
	if (t.dirfd >= 0)
		close(t.dirfd);
	return ret;
}

/** cmd_trim() - delete records */
int cmd_trim(const struct imans *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "save", required_argument, NULL, 's' },
		{ "bank", required_argument, NULL, 'b' },
		{ "pid", required_argument, NULL, 'p' },
		{ 0 },
	};
	struct trim_options opt = { 0 };
	const char *count;
	int c;

	while ((c = getopt_long(argc, argv, ":s:b:p:", options, NULL)) != -1) {
		if (c == 's')
			opt.save = optarg;
		else if (c == 'b')
			opt.bank = optarg;
		else if (c == 'p')
			opt.pid = optarg;
		else
			return option_error("trim", argv, c);
	}
	if (argc - optind != 1 + !opt.pid)
		return usage_error("trim", "needs a namespace, NSID or --pid PID, and a COUNT");
	count = argv[argc - 1];
	opt.all = !strcmp(count, "all");
	if (!opt.all && (!number_parse(count, strlen(count), &opt.count) || !opt.count))
		return usage_error("trim", "COUNT is a number above 0, or all");
	return run_trim(im, &opt, argv[optind]);
}
