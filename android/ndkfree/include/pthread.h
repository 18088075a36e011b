/* Threads and locks. Only bionic knows what is inside a lock: here a lock has a size and is zero at first. */
#pragma once

#include <bits/types.h>

typedef long pthread_t;
typedef long pthread_mutexattr_t;
typedef struct pthread_attr_t pthread_attr_t;

#ifdef __LP64__
typedef struct { int __opaque[10]; } pthread_mutex_t;
typedef struct { int __opaque[14]; } pthread_rwlock_t;
#else
typedef struct { int __opaque[1]; } pthread_mutex_t;
typedef struct { int __opaque[10]; } pthread_rwlock_t;
#endif

#define PTHREAD_MUTEX_INITIALIZER { { 0 } }
#define PTHREAD_RWLOCK_INITIALIZER { { 0 } }
#define PTHREAD_MUTEX_RECURSIVE 1

pthread_t pthread_self(void);
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument);
int pthread_join(pthread_t thread, void **result);

int pthread_mutexattr_init(pthread_mutexattr_t *attributes);
int pthread_mutexattr_settype(pthread_mutexattr_t *attributes, int kind);
int pthread_mutexattr_destroy(pthread_mutexattr_t *attributes);
int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_trylock(pthread_mutex_t *mutex);
int pthread_mutex_unlock(pthread_mutex_t *mutex);
int pthread_mutex_destroy(pthread_mutex_t *mutex);

int pthread_rwlock_rdlock(pthread_rwlock_t *lock);
int pthread_rwlock_wrlock(pthread_rwlock_t *lock);
int pthread_rwlock_unlock(pthread_rwlock_t *lock);
