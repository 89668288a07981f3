/*
 * The exported symbols of libbips.so. Each call first checks whether this process is a forked child. If it is not, the
 * call goes on to the managed function of the same name. No managed code may run in a forked child, because the threads
 * of the runtime do not exist there.
 *
 * Whatever needs no runtime is implemented here: the names of statuses, the versions, the last error of each thread,
 * and the list of descriptors that a forked child must close.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bips/bips.h"

#define LIKELY(condition) __builtin_expect(!!(condition), 1)

/* --- fork ------------------------------------------------------------------------------------------------------- */

/* One byte: 1 in the process that made the first call, 0 in each child forked from it. The kernel wipes the page in the
 * child, also after a raw clone; on a kernel that cannot, the fork handler writes the 0. The pointer is NULL before the
 * first call: a child whose parent had loaded the library and not used it may use it. */
static volatile unsigned char *_Atomic this_process;

static pthread_once_t started = PTHREAD_ONCE_INIT;

/* Descriptors whose file locks a child must not keep. No child is forked while watch_lock is held, so each child gets a
 * whole list; there the forking thread owns the lock, so the handler may read the list. */
enum { WATCHED_AT_FIRST = 64 };
static pthread_mutex_t watch_lock = PTHREAD_MUTEX_INITIALIZER;
static int *watched;
static size_t watched_count;
static size_t watched_capacity;

static void before_fork(void) {
    pthread_mutex_lock(&watch_lock);
}

static void after_fork_in_parent(void) {
    pthread_mutex_unlock(&watch_lock);
}

static void after_fork_in_child(void) {
    *this_process = 0;
    for (size_t i = 0; i < watched_count; i++) {
        close(watched[i]);
    }

    watched_count = 0;
    pthread_mutex_unlock(&watch_lock);
}

static void start(void) {
    static unsigned char without_kernel;
    const size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *page = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        page = &without_kernel;
    } else {
        (void)madvise(page, page_size, MADV_WIPEONFORK);
    }

    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    *page = 1;
    atomic_store_explicit(&this_process, page, memory_order_release);
}

/* The managed side calls this when it has opened a descriptor whose file lock says that this process lives. */
bool shim_watch(int descriptor) {
    pthread_mutex_lock(&watch_lock);
    if (watched_count == watched_capacity) {
        size_t capacity = watched_capacity == 0 ? WATCHED_AT_FIRST : 2 * watched_capacity;
        int *grown = realloc(watched, capacity * sizeof *grown);
        if (grown == NULL) {
            pthread_mutex_unlock(&watch_lock);
            return false;
        }

        watched = grown;
        watched_capacity = capacity;
    }

    watched[watched_count++] = descriptor;
    pthread_mutex_unlock(&watch_lock);
    return true;
}

/* The managed side calls this before it closes such a descriptor; afterwards the number may mean another file. */
void shim_forget(int descriptor) {
    pthread_mutex_lock(&watch_lock);
    for (size_t i = 0; i < watched_count; i++) {
        if (watched[i] == descriptor) {
            watched[i] = watched[--watched_count];
            break;
        }
    }

    pthread_mutex_unlock(&watch_lock);
}

/* --- last error ------------------------------------------------------------------------------------------------- */

enum { ERROR_CAPACITY = 1024 };
static _Thread_local char last_error[ERROR_CAPACITY];

/* The managed side calls this with UTF-8 text. Text that is too long is cut off between two characters. */
void shim_set_last_error(const char *text, size_t length) {
    if (length >= ERROR_CAPACITY) {
        for (length = ERROR_CAPACITY - 1; length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80; length--) {
        }
    }

    memcpy(last_error, text, length);
    last_error[length] = '\0';
}

const char *bips_last_error(void) {
    return last_error;
}

static bips_status refuse_in_child(void) {
    static const char text[] =
        "This process was forked from one that uses Bips, and memory, locks and threads do not survive a fork. Open "
        "the pool in a program that the child executes (in Python use the 'spawn' start method); the parent is not "
        "affected.";
    shim_set_last_error(text, sizeof text - 1);
    return BIPS_E_FORKED;
}

static inline bips_status enter(void) {
    volatile unsigned char *page = atomic_load_explicit(&this_process, memory_order_acquire);
    if (__builtin_expect(page == NULL, 0)) {
        pthread_once(&started, start);
        page = this_process;
    }

    return LIKELY(*page != 0) ? BIPS_OK : refuse_in_child();
}

/* --- constants -------------------------------------------------------------------------------------------------- */

uint32_t bips_abi_version(void) {
    return BIPS_ABI_VERSION;
}

const char *bips_library_version(void) {
    return BIPS_LIBRARY_VERSION;
}

const char *bips_status_string(bips_status status) {
#define NAME(status) \
    case status:     \
        return #status
    switch (status) {
        NAME(BIPS_OK);
        NAME(BIPS_TIMED_OUT);
        NAME(BIPS_END_OF_STREAM);
        NAME(BIPS_PRODUCER_LOST);
        NAME(BIPS_POOL_REPLACED);
        NAME(BIPS_EVICTED);
        NAME(BIPS_E_SYSTEM);
        NAME(BIPS_E_POOL_NOT_FOUND);
        NAME(BIPS_E_NOT_A_POOL);
        NAME(BIPS_E_INCOMPATIBLE);
        NAME(BIPS_E_CORRUPT);
        NAME(BIPS_E_ACCESS_DENIED);
        NAME(BIPS_E_NO_SPACE);
        NAME(BIPS_E_PRODUCER_ACTIVE);
        NAME(BIPS_E_PRODUCER_LOST);
        NAME(BIPS_E_TOO_MANY_CONSUMERS);
        NAME(BIPS_E_POOL_TOO_SMALL);
        NAME(BIPS_E_LEASE_LIMIT);
        NAME(BIPS_E_LEASE_ENDED);
        NAME(BIPS_E_FORKED);
        NAME(BIPS_E_ARGUMENT);
        NAME(BIPS_E_HANDLE);
        NAME(BIPS_E_STRUCT_SIZE);
        NAME(BIPS_E_CLOSED);
        NAME(BIPS_E_BUSY);
        NAME(BIPS_E_FOREIGN_LEASE);
        NAME(BIPS_E_UNEXPECTED);
        default:
            return "BIPS_UNKNOWN_STATUS";
    }
#undef NAME
}

/* --- gates ------------------------------------------------------------------------------------------------------ */

/* An export `bips_x` that goes on to `managed_x`. */
#define GATE(name, parameters, arguments)            \
    bips_status managed_##name parameters;           \
    bips_status bips_##name parameters {             \
        bips_status status = enter();                \
        return LIKELY(status == BIPS_OK) ? managed_##name arguments : status; \
    }

GATE(producer_create, (const char *name, const bips_producer_options *options, bips_producer **producer),
     (name, options, producer))
GATE(producer_pull, (bips_producer *producer, int64_t timeout, bips_write_lease *lease), (producer, timeout, lease))
GATE(producer_push, (bips_producer *producer, bips_write_lease *lease), (producer, lease))
GATE(producer_release, (bips_producer *producer, bips_write_lease *lease), (producer, lease))
GATE(producer_end, (bips_producer *producer), (producer))
GATE(producer_close, (bips_producer *producer), (producer))
GATE(producer_info, (bips_producer *producer, bips_pool_info *info), (producer, info))
GATE(producer_get_statistics, (bips_producer *producer, bips_producer_statistics *statistics), (producer, statistics))
GATE(producer_consumers, (bips_producer *producer, bips_consumer_status *consumers, uint32_t capacity, uint32_t *count),
     (producer, consumers, capacity, count))
GATE(consumer_open, (const char *name, const bips_consumer_options *options, bips_consumer **consumer),
     (name, options, consumer))
GATE(consumer_pull, (bips_consumer *consumer, int64_t timeout, bips_read_lease *lease), (consumer, timeout, lease))
GATE(consumer_push, (bips_consumer *consumer, bips_read_lease *lease), (consumer, lease))
GATE(consumer_fd, (bips_consumer *consumer, int *descriptor), (consumer, descriptor))
GATE(consumer_close, (bips_consumer *consumer), (consumer))
GATE(consumer_info, (bips_consumer *consumer, bips_pool_info *info), (consumer, info))
GATE(consumer_get_statistics, (bips_consumer *consumer, bips_consumer_statistics *statistics), (consumer, statistics))
