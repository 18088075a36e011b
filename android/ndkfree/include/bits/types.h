/* The types that several headers share, as API level 24 has them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef long ssize_t;
typedef long time_t;
typedef long suseconds_t;
typedef unsigned int useconds_t;
typedef unsigned long dev_t;
typedef int pid_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;

/* 64 bits on every ABI, as in bionic's headers when _FILE_OFFSET_BITS is 64. SQLite sets that. */
#ifdef __LP64__
typedef long off_t;
#define __WIDE_OFFSET(name)
#else
typedef long long off_t;
#define __WIDE_OFFSET(name) __asm__(name)
#endif

#ifdef __LP64__
typedef unsigned int mode_t;
#else
typedef unsigned short mode_t;
#endif
