/* Memory, sorting, the environment. */
#pragma once

#include <stddef.h>

void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
void *realloc(void *memory, size_t bytes);
void free(void *memory);
void abort(void) __attribute__((noreturn));
char *getenv(const char *name);
int atoi(const char *text);
void qsort(void *items, size_t count, size_t bytes, int (*compare)(const void *, const void *));
