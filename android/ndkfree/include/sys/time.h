/* The wall clock. */
#pragma once

#include <bits/types.h>

struct timeval {
    time_t tv_sec;
    suseconds_t tv_usec;
};

/* Of old; nothing is known of what is in it. */
struct timezone;

int gettimeofday(struct timeval *now, struct timezone *zone);
int utimes(const char *path, const struct timeval *times);
