/* Tests what the headers define and Rust's libc does not. Compiling this is the test; none of it is in the library. */
#include <assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <link.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

_Static_assert(S_ISDIR(S_IFDIR) && !S_ISDIR(S_IFREG) && !S_ISDIR(S_IFLNK), "");
_Static_assert(S_ISREG(S_IFREG | 0777) && !S_ISREG(S_IFDIR) && !S_ISREG(S_IFLNK), "");
_Static_assert(S_ISLNK(S_IFLNK) && !S_ISLNK(S_IFREG) && !S_ISLNK(S_IFDIR), "");
_Static_assert(INFINITY > __DBL_MAX__ && isnan(INFINITY - INFINITY) && !isnan(INFINITY), "");
_Static_assert(sizeof(ElfW(Addr)) == sizeof(void *), "");

/* ELF for the Arm Architecture (IHI 0044), program headers. */
_Static_assert(PT_ARM_EXIDX == 0x70000001, "");

/* Both compile as initialisers. Another test compares their bytes with those in Rust's libc. */
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

/* `errno` can be read and written. MAP_FAILED is -1. */
int *place_of_errno(void) { return &errno; }
_Static_assert((unsigned long)MAP_FAILED == -1ul, "");

/* With NDEBUG an assertion is not evaluated. */
void asserts(void) { assert(not_evaluated); }

/* -Wformat warns if a macro does not fit the type of its argument. */
int prints(char *text) {
    return snprintf(text, 0, "%" PRIu8 "%" PRId64 "%" PRIu64 "%" PRIx64 "%" PRIdPTR "%" PRIuPTR "%" PRIxPTR,
        (uint8_t)0, (int64_t)0, (uint64_t)0, (uint64_t)0, (intptr_t)0, (uintptr_t)0, (uintptr_t)0);
}
