// Comes before all that LLVM's libunwind includes: C's headers here do not know C++, so what they declare is C's by this.
// The kernel's sets of signals have 64 bits; libunwind hands one to it.
#define NSIG 64

extern "C" {
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
}
