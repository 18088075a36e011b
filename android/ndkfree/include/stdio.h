/* Formatting and printing. SQLite and ring print nothing; the unwinder prints why it aborts. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#define FILENAME_MAX 4096

typedef struct __sFILE FILE;
extern FILE *stderr;

int fflush(FILE *file);
int fprintf(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *text, size_t bytes, const char *format, ...) __attribute__((format(printf, 3, 4)));
