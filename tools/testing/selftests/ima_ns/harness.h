/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's harness, with patience for an emulated machine. */
#ifndef IMA_NS_TEST_HARNESS_H
#define IMA_NS_TEST_HARNESS_H

#include "../kselftest_harness.h"

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 120

#endif /* IMA_NS_TEST_HARNESS_H */
