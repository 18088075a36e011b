/* Calendar and clocks. */
#pragma once

#include <bits/types.h>

struct tm {
    int tm_sec;
    int tm_min;
    int tm_hour;
    int tm_mday;
    int tm_mon;
    int tm_year;
    int tm_wday;
    int tm_yday;
    int tm_isdst;
    long tm_gmtoff;
    const char *tm_zone;
};

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

time_t time(time_t *now);
struct tm *localtime(const time_t *instant);
struct tm *localtime_r(const time_t *instant, struct tm *broken_down);
struct tm *gmtime_r(const time_t *instant, struct tm *broken_down);
size_t strftime(char *text, size_t size, const char *format, const struct tm *broken_down);
int nanosleep(const struct timespec *span, struct timespec *left);
