/* Memory mappings. */
#pragma once

#include <bits/types.h>

#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_SHARED 1
#define MAP_PRIVATE 2
#define MAP_FAILED ((void *)-1)

void *mmap(void *address, size_t bytes, int protection, int flags, int file, off_t offset) __WIDE_OFFSET("mmap64");
int munmap(void *address, size_t bytes);
