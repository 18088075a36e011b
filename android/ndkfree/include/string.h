/* Bytes and strings. */
#pragma once

#include <stddef.h>

void *memchr(const void *memory, int byte, size_t bytes);
int memcmp(const void *one, const void *other, size_t bytes);
void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *memory, int byte, size_t bytes);
char *strchr(const char *text, int character);
int strcmp(const char *one, const char *other);
size_t strcspn(const char *text, const char *rejected);
char *strerror(int number);
size_t strlen(const char *text);
int strncmp(const char *one, const char *other, size_t bytes);
char *strrchr(const char *text, int character);
size_t strspn(const char *text, const char *accepted);
char *strstr(const char *text, const char *part);
