/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host side of kernel/port.h.
 *
 * Layer 0 (policy, template, vtpm) is compiled here exactly as it is in the
 * module: same files, no #ifdef in them.  This header therefore provides the
 * kernel's names with the kernel's semantics, corner cases included, and
 * nothing that the kernel does not have.  Userspace tools that link layer 0
 * include it too.
 *
 * A test that wants allocations to fail defines PORT_HOST_FAULT and supplies
 *
 *	long port_host_fail_in;
 *
 * -1 never fails; N >= 0 lets N allocations succeed and fails all later ones.
 */
#ifndef IMA_NS_PORT_HOST_H
#define IMA_NS_PORT_HOST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <assert.h>
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef unsigned __int128 u128;
typedef __int128 s128;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#ifndef U8_MAX
#define U8_MAX		UINT8_MAX
#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX
#define U64_MAX		UINT64_MAX
#define S32_MAX		INT32_MAX
#define S32_MIN		INT32_MIN
#endif

/*
 * Not from <limits.h>: a program that finds kernel/ through -I rather than
 * -iquote would get kernel/limits.h under that name.
 */
#ifndef ULLONG_MAX
#define ULLONG_MAX	(~0ULL)
#endif
#ifndef LLONG_MAX
#define LLONG_MAX	__LONG_LONG_MAX__
#endif

#ifndef ENOTSUPP
#define ENOTSUPP	524
#endif

/* compiler */

#ifndef __always_inline
#define __always_inline	inline __attribute__((__always_inline__))
#endif
#ifndef noinline
#define noinline	__attribute__((__noinline__))
#endif
#ifndef __must_check
#define __must_check	__attribute__((__warn_unused_result__))
#endif
#ifndef __maybe_unused
#define __maybe_unused	__attribute__((__unused__))
#endif
#ifndef __packed
#define __packed	__attribute__((__packed__))
#endif
#ifndef __aligned
#define __aligned(x)	__attribute__((__aligned__(x)))
#endif
#ifndef __printf
#define __printf(a, b)	__attribute__((__format__(printf, a, b)))
#endif
#ifndef __counted_by
#define __counted_by(x)
#endif
#ifndef __pure
#define __pure		__attribute__((__pure__))
#endif
#ifndef fallthrough
#define fallthrough	__attribute__((__fallthrough__))
#endif
#ifndef likely
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#endif
#ifndef OPTIMIZER_HIDE_VAR
#define OPTIMIZER_HIDE_VAR(var)	__asm__ ("" : "=r" (var) : "0" (var))
#endif
#ifndef READ_ONCE
#define READ_ONCE(x)	(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#endif

#define BUILD_BUG_ON(cond)	static_assert(!(cond), #cond)
#define WARN_ON_ONCE(cond)	({ int __w = !!(cond); assert(!__w); __w; })
#define WARN_ON(cond)		WARN_ON_ONCE(cond)

/* kernel.h, minmax.h, stddef.h, bits.h */

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif
#ifndef sizeof_field
#define sizeof_field(type, member)	sizeof(((type *)0)->member)
#endif
#ifndef offsetofend
#define offsetofend(type, member) \
	(offsetof(type, member) + sizeof_field(type, member))
#endif
#ifndef container_of
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#endif
#ifndef struct_size
#define struct_size(p, member, n) \
	(sizeof(*(p)) + sizeof(*(p)->member) * (size_t)(n))
#endif

#ifndef min
#define min(x, y) \
	({ __typeof__(x) __x = (x); __typeof__(y) __y = (y); \
	   __x < __y ? __x : __y; })
#define max(x, y) \
	({ __typeof__(x) __x = (x); __typeof__(y) __y = (y); \
	   __x > __y ? __x : __y; })
#endif
#ifndef min_t
#define min_t(type, x, y)	min((type)(x), (type)(y))
#define max_t(type, x, y)	max((type)(x), (type)(y))
#endif
#ifndef clamp
#define clamp(v, lo, hi)	min(max(v, lo), hi)
#endif
#ifndef swap
#define swap(a, b) \
	do { __typeof__(a) __t = (a); (a) = (b); (b) = __t; } while (0)
#endif
#ifndef BIT
#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))
#endif
#ifndef DIV_ROUND_UP
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#endif
#ifndef round_up
#define round_up(x, y)	((((x) - 1) | ((__typeof__(x))((y) - 1))) + 1)
#endif
#ifndef ALIGN
#define ALIGN(x, a)	round_up(x, a)
#endif

/* memory */

#ifdef PORT_HOST_FAULT
extern long port_host_fail_in;
#endif

static inline void *port_alloc(size_t size)
{
#ifdef PORT_HOST_FAULT
	if (port_host_fail_in >= 0 && port_host_fail_in-- == 0) {
		port_host_fail_in = 0;
		return NULL;
	}
#endif
	/* the kernel gives ZERO_SIZE_PTR, never NULL, for nothing */
	return calloc(1, size ? size : 1);
}

static inline void port_free(void *p)
{
	free(p);
}

static inline void port_free_sensitive(void *p, size_t size)
{
	if (!p)
		return;
	explicit_bzero(p, size);
	free(p);
}

static inline void memzero_explicit(void *p, size_t n)
{
	explicit_bzero(p, n);
}

/* unaligned.h */

static inline u16 get_unaligned_le16(const void *p)
{
	u16 v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static inline u32 get_unaligned_le32(const void *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static inline u64 get_unaligned_le64(const void *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static inline u16 get_unaligned_be16(const void *p)
{
	u16 v;

	memcpy(&v, p, sizeof(v));
	return be16toh(v);
}

static inline u32 get_unaligned_be32(const void *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

static inline u64 get_unaligned_be64(const void *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return be64toh(v);
}

static inline void put_unaligned_le16(u16 v, void *p)
{
	v = htole16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put_unaligned_le32(u32 v, void *p)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put_unaligned_le64(u64 v, void *p)
{
	v = htole64(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put_unaligned_be16(u16 v, void *p)
{
	v = htobe16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put_unaligned_be32(u32 v, void *p)
{
	v = htobe32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put_unaligned_be64(u64 v, void *p)
{
	v = htobe64(v);
	memcpy(p, &v, sizeof(v));
}

/* string.h, hex.h */

__printf(3, 0)
static inline int vscnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(buf, size, fmt, ap);

	if (!size || n < 0)
		return 0;
	return (size_t)n < size ? n : (int)(size - 1);
}

__printf(3, 4)
static inline int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vscnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

/* the kernel's: always terminates; -E2BIG when @src was cut */
static inline ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t n;

	if (!size)
		return -E2BIG;
	n = strnlen(src, size);
	if (n == size) {
		memcpy(dst, src, size - 1);
		dst[size - 1] = '\0';
		return -E2BIG;
	}
	memcpy(dst, src, n + 1);
	return (ssize_t)n;
}

static inline void *memchr_inv(const void *p, int c, size_t n)
{
	const u8 *b = p;
	size_t i;

	for (i = 0; i < n; i++)
		if (b[i] != (u8)c)
			return (void *)(b + i);
	return NULL;
}

static inline int match_string(const char *const *array, size_t n, const char *s)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!array[i])
			break;
		if (!strcmp(array[i], s))
			return (int)i;
	}
	return -EINVAL;
}

static inline int hex_to_bin(unsigned char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'F')
		return ch - 'A' + 10;
	return -1;
}

static inline int hex2bin(u8 *dst, const char *src, size_t count)
{
	while (count--) {
		int hi = hex_to_bin((unsigned char)*src++);
		int lo;

		if (hi < 0)
			return -EINVAL;
		lo = hex_to_bin((unsigned char)*src++);
		if (lo < 0)
			return -EINVAL;
		*dst++ = (u8)(hi << 4 | lo);
	}
	return 0;
}

static inline char *bin2hex(char *dst, const void *src, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	const u8 *b = src;

	while (count--) {
		*dst++ = digits[*b >> 4];
		*dst++ = digits[*b++ & 15];
	}
	return dst;
}

/*
 * kstrtox.h.  Not strtoul(): no leading white space, one optional '+', one
 * optional trailing newline, "0x" swallowed for base 16, overflow is -ERANGE.
 */
static inline int port_host_kstrtoull(const char *s, unsigned int base,
				      unsigned long long *res)
{
	unsigned long long v = 0;
	unsigned int digits = 0;

	if (!base) {
		base = 10;
		if (s[0] == '0')
			base = (s[1] == 'x' || s[1] == 'X') &&
			       isxdigit((unsigned char)s[2]) ? 16 : 8;
	}
	if (base == 16 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	for (; *s; s++, digits++) {
		int d = hex_to_bin((unsigned char)*s);

		if (d < 0 || (unsigned int)d >= base)
			break;
		if (v > (ULLONG_MAX - (unsigned int)d) / base)
			return -ERANGE;
		v = v * base + (unsigned int)d;
	}
	if (!digits)
		return -EINVAL;
	if (*s == '\n')
		s++;
	if (*s)
		return -EINVAL;
	*res = v;
	return 0;
}

static inline int __must_check kstrtoull(const char *s, unsigned int base,
					 unsigned long long *res)
{
	return port_host_kstrtoull(s[0] == '+' ? s + 1 : s, base, res);
}

static inline int __must_check kstrtoll(const char *s, unsigned int base,
					long long *res)
{
	unsigned long long v;
	int rc;

	if (s[0] == '-') {
		rc = port_host_kstrtoull(s + 1, base, &v);
		if (rc)
			return rc;
		if (v > (unsigned long long)LLONG_MAX + 1)
			return -ERANGE;
		*res = (long long)(0 - v);
		return 0;
	}
	rc = kstrtoull(s, base, &v);
	if (rc)
		return rc;
	if (v > LLONG_MAX)
		return -ERANGE;
	*res = (long long)v;
	return 0;
}

#define PORT_HOST_KSTRTO(name, type, wide, parse)			\
static inline int __must_check name(const char *s, unsigned int base,	\
				    type *res)				\
{									\
	wide v;								\
	int rc = parse(s, base, &v);					\
									\
	if (rc)								\
		return rc;						\
	if (v != (wide)(type)v)						\
		return -ERANGE;						\
	*res = (type)v;							\
	return 0;							\
}

PORT_HOST_KSTRTO(kstrtoul, unsigned long, unsigned long long, kstrtoull)
PORT_HOST_KSTRTO(kstrtol, long, long long, kstrtoll)
PORT_HOST_KSTRTO(kstrtouint, unsigned int, unsigned long long, kstrtoull)
PORT_HOST_KSTRTO(kstrtoint, int, long long, kstrtoll)
PORT_HOST_KSTRTO(kstrtou64, u64, unsigned long long, kstrtoull)
PORT_HOST_KSTRTO(kstrtos64, s64, long long, kstrtoll)
PORT_HOST_KSTRTO(kstrtou32, u32, unsigned long long, kstrtoull)
PORT_HOST_KSTRTO(kstrtou16, u16, unsigned long long, kstrtoull)
PORT_HOST_KSTRTO(kstrtou8, u8, unsigned long long, kstrtoull)

/* bitops.h: undefined for 0, as in the kernel */
static inline unsigned long __ffs(unsigned long v)
{
	return (unsigned long)__builtin_ctzl(v);
}

static inline unsigned long __fls(unsigned long v)
{
	return (unsigned long)(8 * sizeof(v) - 1) - (unsigned long)__builtin_clzl(v);
}

static inline unsigned int __ffs64(u64 v)
{
	return (unsigned int)__builtin_ctzll(v);
}

#endif /* IMA_NS_PORT_HOST_H */
