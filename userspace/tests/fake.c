// SPDX-License-Identifier: GPL-2.0
/*
 * The encoder is written from the description of the formats and shares nothing
 * with the decoder, so that a misunderstanding shows.
 */
#include <fcntl.h>
#include <ftw.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "tests/fake.h"

static const struct {
	const char *name;
	size_t size;
} banks[FAKE_BANKS] = { { "sha1", 20 }, { "sha256", 32 } };

/* As evmctl writes it: type 3, version 2, sha256, key id, length. */
const u8 fake_signature[265] = { 0x03, 0x02, 0x04, 0x56, 0xcf, 0x44, 0x8f, 0x01, 0x00, 0xaa };

static void die(const char *what)
{
	perror(what);
	exit(99);
}

static void put(u8 **data, size_t *len, const void *p, size_t n)
{
	*data = realloc(*data, *len + n + 1);
	if (!*data)
		die("realloc");
	if (n)
		memcpy(*data + *len, p, n);
	*len += n;
}

static void put_le32(u8 **data, size_t *len, size_t v)
{
	u8 b[4] = { (u8)v, (u8)(v >> 8), (u8)(v >> 16), (u8)(v >> 24) };

	put(data, len, b, 4);
}

static void hash(unsigned int bank, const void *data, size_t len, u8 *digest)
{
	const EVP_MD *md = bank ? EVP_sha256() : EVP_sha1();

	if (!EVP_Digest(data, len, digest, NULL, md, NULL))
		die("EVP_Digest");
}

static void extend(struct fake_log *l, unsigned int bank, const u8 *digest)
{
	size_t size = banks[bank].size;
	u8 both[64];

	memcpy(both, l->bank[bank].pcr10, size);
	memcpy(both + size, digest, size);
	hash(bank, both, 2 * size, l->bank[bank].pcr10);
}

static void append(struct fake_log *l, u32 pcr, const char *template, const u8 *hashed,
		   size_t hashed_len, const u8 *data, size_t len, unsigned int flags)
{
	bool has_length = strcmp(template, "ima") != 0;
	unsigned int i;
	u8 digest[32];

	for (i = 0; i < FAKE_BANKS; i++) {
		u8 **to = &l->bank[i].data;
		size_t *to_len = &l->bank[i].len;

		hash(i, hashed, hashed_len, digest);
		if (flags & FAKE_WRONG_DIGEST)
			digest[3] ^= 0x10;
		if (flags & FAKE_VIOLATION)
			memset(digest, 0, sizeof(digest));
		put_le32(to, to_len, pcr);
		put(to, to_len, digest, banks[i].size);
		put_le32(to, to_len, strlen(template));
		put(to, to_len, template, strlen(template));
		if (has_length)
			put_le32(to, to_len, len);
		put(to, to_len, data, len);
		if (flags & FAKE_VIOLATION)
			memset(digest, 0xff, sizeof(digest));
		if (pcr == 10)
			extend(l, i, digest);
	}
	l->records++;
	l->violations += !!(flags & FAKE_VIOLATION);
}

/** fake_append() - a record of any template but "ima" */
void fake_append(struct fake_log *l, u32 pcr, const char *template, const struct fake_field *fields,
		 size_t count, unsigned int flags)
{
	u8 *data = NULL;
	size_t len = 0, i;

	for (i = 0; i < count; i++) {
		put_le32(&data, &len, fields[i].len);
		put(&data, &len, fields[i].data, fields[i].len);
	}
	append(l, pcr, template, data, len, data, len, flags);
	free(data);
}

/** fake_append_ima() - a record of template "ima" */
void fake_append_ima(struct fake_log *l, const u8 *digest, const char *name)
{
	u8 hashed[20 + 256] = { 0 }, *data = NULL;
	size_t len = 0;

	memcpy(hashed, digest, 20);
	memcpy(hashed + 20, name, strlen(name));
	put(&data, &len, digest, 20);
	put_le32(&data, &len, strlen(name));
	put(&data, &len, name, strlen(name));
	append(l, 10, "ima", hashed, sizeof(hashed), data, len, 0);
	free(data);
}

/** fake_digest() - a field like "sha256:\0..." of 32 bytes; valid until the fourth call from here */
struct fake_field fake_digest(const char *prefix, u8 fill)
{
	static u8 slots[4][64];
	static unsigned int next;
	u8 *p = slots[next++ % 4];
	size_t n = strlen(prefix) + 1;

	memcpy(p, prefix, n);
	memset(p + n, fill, 32);
	return (struct fake_field){ p, n + 32 };
}

/** fake_string() - a field with its NUL */
struct fake_field fake_string(const char *s)
{
	return (struct fake_field){ s, strlen(s) + 1 };
}

/** fake_append_file() - an ima-sig record without signature */
void fake_append_file(struct fake_log *l, const char *path, unsigned int flags)
{
	struct fake_field fields[] = {
		fake_digest("sha256:", flags & FAKE_VIOLATION ? 0 : (u8)(l->records + 1)),
		fake_string(path),
		{ "", 0 },
	};

	fake_append(l, 10, "ima-sig", fields, 3, flags);
}

/** fake_append_sample() - one record of each template */
void fake_append_sample(struct fake_log *l)
{
	static const u8 uid[4] = { 0xe8, 3, 0, 0 }, mode[2] = { 0xed, 0x89 }, lens[4] = { 13 };
	struct fake_field sig = { fake_signature, sizeof(fake_signature) }, none = { "", 0 };
	u8 digest[20];

	memset(digest, 0x5a, sizeof(digest));
	fake_append_ima(l, digest, "/bin/ima");
	fake_append(l, 10, "ima-ng",
		    (struct fake_field[]){ fake_digest("sha256:", 1), fake_string("/bin/ng") }, 2,
		    0);
	fake_append(l, 10, "ima-ngv2",
		    (struct fake_field[]){ fake_digest("verity:sha256:", 2),
					   fake_string("/bin/ngv2") },
		    2, 0);
	fake_append(l, 10, "ima-sig",
		    (struct fake_field[]){ fake_digest("sha256:", 3), fake_string("/bin/sig"),
					   sig },
		    3, 0);
	fake_append(l, 11, "ima-sigv2",
		    (struct fake_field[]){ fake_digest("ima:sha256:", 4), fake_string("/bin/sigv2"),
					   none },
		    3, 0);
	fake_append(l, 10, "ima-buf",
		    (struct fake_field[]){ fake_digest("sha256:", 5),
					   fake_string("kernel_version"),
					   { "6.12.0", 6 } },
		    3, 0);
	fake_append(l, 10, "ima-modsig",
		    (struct fake_field[]){ fake_digest("sha256:", 6),
					   fake_string("/m.ko"),
					   none,
					   fake_digest("sha256:", 7),
					   { "\x30\x82\x01", 3 } },
		    5, 0);
	fake_append(l, 10, "evm-sig",
		    (struct fake_field[]){ fake_digest("sha256:", 8),
					   fake_string("/bin/evm"),
					   sig,
					   fake_string("security.ima"),
					   { lens, 4 },
					   { "\x04\x04", 2 },
					   { uid, 4 },
					   { uid, 4 },
					   { mode, 2 } },
		    9, 0);
	fake_append(l, 10, "n-ng|d-ng|zz",
		    (struct fake_field[]){ fake_string("/bin/custom"),
					   fake_digest("sha256:", 9),
					   { "\x01\xff", 2 } },
		    3, 0);
	fake_append(l, 10, "future",
		    (struct fake_field[]){ { "abc", 3 }, { "", 0 }, { "\x00", 1 } }, 3, 0);
	fake_append_file(l, "/bin/violated", FAKE_VIOLATION);
}

/** fake_log_free() - the end of a log */
void fake_log_free(struct fake_log *l)
{
	unsigned int i;

	for (i = 0; i < FAKE_BANKS; i++)
		free(l->bank[i].data);
	memset(l, 0, sizeof(*l));
}

/** fake_dir() - a new directory */
char *fake_dir(void)
{
	char *dir = strdup("/tmp/imans-test-XXXXXX");

	if (!dir || !mkdtemp(dir))
		die("mkdtemp");
	return dir;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/** fake_remove() - remove a directory made by fake_dir(), or one below it */
void fake_remove(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_file(const char *dir, const char *name, const void *data, size_t len, int flags)
{
	char path[4096], *slash;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	for (slash = path + strlen(dir); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	fd = open(path, O_WRONLY | O_CREAT | flags, 0644);
	if (fd < 0 || write(fd, data, len) != (ssize_t)len || close(fd))
		die(path);
}

/** fake_file() - a file below @dir, and the directories on the way */
void fake_file(const char *dir, const char *name, const void *data, size_t len)
{
	write_file(dir, name, data, len, O_TRUNC);
}

/** fake_text() - a file of text */
void fake_text(const char *dir, const char *name, const char *text)
{
	fake_file(dir, name, text, strlen(text));
}

/** fake_append_to() - let a file grow */
void fake_append_to(const char *dir, const char *name, const void *data, size_t len)
{
	write_file(dir, name, data, len, O_APPEND);
}

/** fake_status() - the files of the module */
void fake_status(const char *dir, const char *probe)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "version=0.1\nanchor=mnt\nprobe=%s\ntemplate=ima-sig\nhash=sha256\n"
		 "banks=sha1,sha256\npolicy=container\noverflow=allow\nnested=0\n"
		 "boot_id=11111111-2222-3333-4444-555555555555\nnamespaces=2\nborn=5\ndied=3\n"
		 "refused=0\ninodes=17\n",
		 probe);
	fake_text(dir, "status", text);
	fake_text(dir, "create", "");
}

static void write_pcrs(const char *dir, const char *name, unsigned int bank, const u8 *pcr10)
{
	char path[128], text[4096] = "", *p = text;
	unsigned int i, j;

	for (i = 0; i < 24; i++) {
		p += sprintf(p, "PCR-%02u:", i);
		for (j = 0; j < banks[bank].size; j++)
			p += sprintf(p, " %02X",
				     i == 10		? pcr10[j] :
				     i >= 17 && i <= 22 ? 0xff :
							  0);
		p += sprintf(p, "\n");
	}
	snprintf(path, sizeof(path), "%s/pcrs_%s", name, banks[bank].name);
	fake_text(dir, path, text);
}

/** fake_namespace() - the directory of a namespace; @info may override lines of its info */
void fake_namespace(const char *dir, const char *name, const char *info, const struct fake_log *l)
{
	char path[128], text[2048];
	unsigned int i;

	for (i = 0; i < FAKE_BANKS; i++) {
		snprintf(path, sizeof(path), "%s/binary_runtime_measurements_%s", name,
			 banks[i].name);
		fake_file(dir, path, l->bank[i].data, l->bank[i].len);
		write_pcrs(dir, name, i, l->bank[i].pcr10);
	}
	snprintf(path, sizeof(path), "%s/runtime_measurements_count", name);
	snprintf(text, sizeof(text), "%u\n", l->records);
	fake_text(dir, path, text);
	snprintf(path, sizeof(path), "%s/violations", name);
	snprintf(text, sizeof(text), "%u\n", l->violations);
	fake_text(dir, path, text);
	/* The first line of a key counts. */
	snprintf(text, sizeof(text),
		 "%snsid=%s\nid=11111111-2222-3333-4444-555555555555-7\nanchor=mnt\nparent=none\nnested=0\nowner=0\n"
		 "cgroup=/system.slice/docker-%s.scope\nbirth=1000\nstate=alive\nmembers=3\n"
		 "records=%u\ntrimmed=0\nviolations=%u\npoisoned=0\ndevice=none\n",
		 info ? info : "", name, name, l->records, l->violations);
	snprintf(path, sizeof(path), "%s/info", name);
	fake_text(dir, path, text);
}

static unsigned int refuse_errno, refuse_size;

/**
 * fake_refuse() - let write() fail in the programs that are started from now on
 * @err: errno; 0 ends it
 * @size: fail when so many bytes are written; 0 for any number
 *
 * The three standard streams still work.
 */
void fake_refuse(int err, unsigned int size)
{
	refuse_errno = (unsigned int)err;
	refuse_size = size;
}

static int refuse_writes(void)
{
#define ARG(n) (offsetof(struct seccomp_data, args) + 8 * (n))
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG(0)),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 2, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG(2)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refuse_size, 0, refuse_size ? 1 : 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | refuse_errno),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/** fake_start() - start a program without waiting; -1 leaves a stream as it is */
pid_t fake_start(const char *program, const char *const *argv, int in, int out, int err)
{
	const char *args[64] = { program };
	unsigned int n;
	pid_t pid;

	for (n = 0; argv[n] && n + 2 < ARRAY_SIZE(args); n++)
		args[n + 1] = argv[n];
	fflush(NULL);
	pid = fork();
	if (pid)
		return pid;
	if ((in >= 0 && dup2(in, 0) < 0) || (out >= 0 && dup2(out, 1) < 0) ||
	    (err >= 0 && dup2(err, 2) < 0))
		_exit(98);
	if (refuse_errno && refuse_writes())
		_exit(96);
	execv(program, (char *const *)args);
	_exit(97);
}

static char *slurp(FILE *f)
{
	char *text = calloc(1, 1);
	size_t len = 0, n;
	char buf[65536];

	rewind(f);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
		text = realloc(text, len + n + 1);
		if (!text)
			die("realloc");
		memcpy(text + len, buf, n);
		len += n;
	}
	if (text)
		text[len] = '\0';
	fclose(f);
	return text;
}

/**
 * fake_imans_stdin() - run imans and collect what it says
 *
 * Return: the result, which stays valid until the next call.
 */
struct fake_run *fake_imans_stdin(const char *const *argv, int in)
{
	static struct fake_run r;
	const char *program = getenv("IMANS");
	FILE *out = tmpfile(), *err = tmpfile();
	struct rusage usage;
	int status;
	pid_t pid;

	free(r.out);
	free(r.err);
	if (!out || !err)
		die("tmpfile");
	pid = fake_start(program ? program : "./imans", argv, in, fileno(out), fileno(err));
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		die("fork");
	r.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	r.max_rss_kb = usage.ru_maxrss;
	r.out = slurp(out);
	r.err = slurp(err);
	return &r;
}

/** fake_imans() - the same, with our own standard input */
struct fake_run *fake_imans(const char *const *argv)
{
	return fake_imans_stdin(argv, -1);
}
