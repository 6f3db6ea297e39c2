/* SPDX-License-Identifier: GPL-2.0 */
/* Every bound of the project, in one place. */
#ifndef IMA_NS_LIMITS_H
#define IMA_NS_LIMITS_H

/* PCR banks of a namespace, and PCRs of a bank (TPM 2.0 PC Client profile) */
#define IMA_NS_MAX_BANKS 4
#define IMA_NS_PCRS 24

/* largest digest of any algorithm we accept, bytes */
#define IMA_NS_MAX_DIGEST 64

/* namespaces alive at once */
#define IMA_NS_MAX_NAMESPACES 4096

/* namespaces one inside the other; inner ones alive at once in one that has no parent */
#define IMA_NS_MAX_DEPTH 8
#define IMA_NS_MAX_NESTED 256

/* files in a namespace's directory */
#define IMA_NS_MAX_FILES 32

/* open files of a namespace's TPM device */
#define IMA_NS_MAX_TPM_FILES 256

/* rules of one policy */
#define IMA_NS_MAX_RULES 1000

/* bytes of an extended attribute that a record carries (XATTR_SIZE_MAX) */
#define IMA_NS_MAX_XATTR 65536

/* extended attributes that EVM protects, all of them in one record */
#define IMA_NS_EVM_XATTRS 8

/* fields of a template, as host IMA */
#define IMA_NS_MAX_FIELDS 15

#endif /* IMA_NS_LIMITS_H */
