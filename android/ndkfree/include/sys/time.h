/* The wall clock. */
#pragma once

#include <bits/types.h>

struct timeval {
    time_t tv_sec;
    suseconds_t tv_usec;
};

/* Obsolete, so it is only declared and has no fields. */
struct timezone;

int gettimeofday(struct timeval *now, struct timezone *zone);
int utimes(const char *path, const struct timeval *times);
