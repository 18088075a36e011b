/* Loads the library that it is given, as the facade does, and asks it what version of uniffi's contract it speaks. */
#include <stdint.h>
#include <stdio.h>

#ifdef _WIN32
#include <windows.h>
static void *load(const char *path) { return (void *)LoadLibraryA(path); }
static void *find(void *library, const char *name) { return (void *)GetProcAddress((HMODULE)library, name); }
#else
#include <dlfcn.h>
static void *load(const char *path) { return dlopen(path, RTLD_NOW); }
static void *find(void *library, const char *name) { return dlsym(library, name); }
#endif

int main(int count, char **words) {
    void *library = count == 2 ? load(words[1]) : NULL;
    uint32_t (*version)(void) = library ? (uint32_t(*)(void))find(library, "ffi_walletlock_bindings_uniffi_contract_version") : NULL;
    if (!version) {
        fprintf(stderr, "not loaded\n");
        return 1;
    }
    printf("contract %u\n", version());
    return 0;
}
