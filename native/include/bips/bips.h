/*
 * bips.h - pools of buffers in shared memory, without a copy and without a daemon
 *
 * SYNOPSIS
 *
 *     cc program.c $(pkg-config --cflags --libs bips)
 *
 *     bips_producer_options options = bips_producer_options_default(1920 * 1080 * 3);
 *     bips_producer *producer;
 *     bips_producer_create("cam", &options, &producer);
 *     for (bips_write_lease lease; bips_producer_pull(producer, BIPS_FOREVER, &lease) == BIPS_OK;) {
 *         lease.length = capture(lease.data, lease.capacity);
 *         bips_producer_push(producer, &lease);
 *     }
 *     bips_producer_close(producer);
 *
 *     bips_consumer *consumer;
 *     bips_consumer_open("cam", NULL, &consumer);
 *     for (bips_read_lease frame; bips_consumer_pull(consumer, BIPS_FOREVER, &frame) == BIPS_OK;) {
 *         process(frame.data, frame.length);
 *         bips_consumer_push(consumer, &frame);
 *     }
 *     bips_consumer_close(consumer);
 *
 * DESCRIPTION
 *
 * A producer creates a pool: a named set of equally sized buffers in POSIX shared memory. It pulls a free buffer, fills
 * it in place and pushes it, which publishes it as a frame. Each consumer pulls frames, reads them in place and pushes
 * them back. Nobody copies; every side may be written in another language.
 *
 * Results.  Every function that can fail returns a bips_status. BIPS_OK is zero. Positive values are expected outcomes
 * (nothing came in time, the stream has ended). Negative values are errors; bips_last_error() then says in words what
 * was asked, what was found and what to do. No argument, however wrong, crashes a call as long as pointers lead to
 * memory of the type that the function takes, or are NULL.
 *
 * Handles.  A bips_producer or bips_consumer is opaque and no address. Every call checks it: one that was closed gives
 * BIPS_E_HANDLE or BIPS_E_CLOSED, whatever has been opened since.
 *
 * Leases.  A lease is the right to use one buffer, and a plain struct of the caller. It ends with a push or a release.
 * Copies of the struct stand for the same lease. Pushed twice: BIPS_E_LEASE_ENDED. Given to another handle than it came
 * from: BIPS_E_FOREIGN_LEASE. A consumer's memory is mapped read-only: writing to it through a cast ends the process.
 *
 * Threads.  A producer is used by one thread at a time; so is a consumer, but its leases may be pushed by any thread,
 * and close may be called by any thread and ends a wait with BIPS_E_CLOSED. Overlapping calls give BIPS_E_BUSY.
 * Different handles are independent.
 *
 * Signals.  No signal ends a wait. A program that wants to react waits in slices of its own choosing.
 *
 * Fork.  A child forked after the first call has no pool: its copies of the descriptors are closed, so that it keeps
 * no lane alive, and every call returns BIPS_E_FORKED. The parent goes on. A child that executes another program is not
 * affected; neither is one whose parent had not called this library yet.
 *
 * Death.  A killed consumer costs nobody anything. When the producer is killed its published frames are still
 * delivered, then pulls return BIPS_PRODUCER_LOST until another producer takes the pool over.
 *
 * Versions.  The number in the soname changes with every incompatible change. Structs that begin with a size grow at
 * the end, in a new version of the header; the library accepts the sizes that it knows and refuses others with
 * BIPS_E_STRUCT_SIZE.
 */
#ifndef BIPS_BIPS_H
#define BIPS_BIPS_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The number in the soname of the library that this header belongs to. */
#define BIPS_ABI_VERSION 0u

/* Time-out that never comes. Time-outs are in nanoseconds, 0 looks without waiting, and no wait ends early. */
#define BIPS_FOREVER INT64_C(-1)

/* Timestamp that stands for the instant of the push on CLOCK_MONOTONIC. */
#define BIPS_NOW INT64_MIN

/* How a call ended. */
typedef int32_t bips_status;
enum {
    BIPS_OK = 0,

    /* Expected outcomes: no lease was handed out. */
    BIPS_TIMED_OUT = 1,     /* no frame, or no free buffer, within the time given */
    BIPS_END_OF_STREAM = 2, /* the producer ended the stream and every frame of it was taken */
    BIPS_PRODUCER_LOST = 3, /* the producer died; pull again to wait for a successor */
    BIPS_POOL_REPLACED = 4, /* another pool has this name now: open it again */
    BIPS_EVICTED = 5,       /* the producer evicted this consumer, which had stalled: open again */

    /* Errors. */
    BIPS_E_SYSTEM = -1,             /* a system call failed */
    BIPS_E_POOL_NOT_FOUND = -2,     /* no pool has this name, or none became ready in time */
    BIPS_E_NOT_A_POOL = -3,         /* a file of this name is no pool */
    BIPS_E_INCOMPATIBLE = -4,       /* the pool has another layout version, byte order or word width */
    BIPS_E_CORRUPT = -5,            /* the pool contradicts itself */
    BIPS_E_ACCESS_DENIED = -6,      /* the pool may not be opened, created or replaced by this user */
    BIPS_E_NO_SPACE = -7,           /* the file system cannot hold the pool */
    BIPS_E_PRODUCER_ACTIVE = -8,    /* another live producer has this pool */
    BIPS_E_PRODUCER_LOST = -9,      /* the pool's producer died and no other has taken over */
    BIPS_E_TOO_MANY_CONSUMERS = -10, /* every lane is taken by a live consumer */
    BIPS_E_POOL_TOO_SMALL = -11,    /* the producer could be left without a buffer */
    BIPS_E_LEASE_LIMIT = -12,       /* more leases are open than was asked for */
    BIPS_E_LEASE_ENDED = -13,       /* the lease was pushed or released before */
    BIPS_E_FORKED = -14,            /* this process is a forked child of the one that opened the pool */
    BIPS_E_ARGUMENT = -15,          /* an argument is NULL or out of range */
    BIPS_E_HANDLE = -16,            /* no such handle: never opened, or closed */
    BIPS_E_STRUCT_SIZE = -17,       /* a size field is none that this library knows */
    BIPS_E_CLOSED = -18,            /* closed before or during the call */
    BIPS_E_BUSY = -19,              /* another thread is inside a call of the same handle */
    BIPS_E_FOREIGN_LEASE = -20,     /* the lease came from another handle */
    BIPS_E_UNEXPECTED = -21         /* a fault of the library itself; please report bips_last_error() */
};

/* What happens to a consumer that is slower than its producer. Each consumer chooses for itself. */
enum {
    BIPS_BLOCK = 0,       /* the producer waits; nothing is lost */
    BIPS_DROP_OLDEST = 1, /* the oldest frames are lost, just as many as the producer needs buffers */
    BIPS_LATEST = 2       /* every pull gets one of the `depth` newest frames */
};

/* How a pull waits. */
enum {
    BIPS_WAIT_BALANCED = 0, /* spins briefly while waits are short, else sleeps */
    BIPS_WAIT_SPIN = 1,     /* never sleeps: one processor per waiter */
    BIPS_WAIT_SLEEP = 2     /* sleeps at once */
};

typedef struct bips_producer bips_producer;
typedef struct bips_consumer bips_consumer;

/* What a producer asks of its pool. Begin with bips_producer_options_default(). */
typedef struct bips_producer_options {
    uint32_t size;                 /* sizeof(bips_producer_options) */
    uint32_t buffer_count;         /* buffers, 2 to 4096; > write_leases + history + what lossy consumers hold */
    uint64_t buffer_size;          /* largest payload in bytes, 1 to 2^31 - 1 */
    uint32_t history;              /* newest frames that a consumer which joins late gets at once */
    uint32_t maximum_consumers;    /* consumers attached at once, 1 to 64 */
    uint32_t write_leases;         /* buffers that the producer may hold at once */
    uint32_t metadata_size;        /* bytes of user metadata per frame, 0 to 256 */
    uint32_t wait_mode;            /* BIPS_WAIT_... */
    uint32_t mode;                 /* permission bits of the pool, such as 0640; readers may also attach */
    int64_t evict_stalled_after;   /* nanoseconds after which a stalled blocking consumer is evicted; 0 for never */
    int64_t owner;                 /* numeric user id of the pool; -1 for the caller */
    int64_t group;                 /* numeric group id of the pool; -1 for the caller's */
    uint32_t huge_pages;           /* non-zero: huge pages, an error where the kernel has none */
    uint32_t lock_memory;          /* non-zero: never swapped out, an error where RLIMIT_MEMLOCK forbids it */
    const char *format;            /* UTF-8 media type, such as "video/x-raw,format=BGR,..."; NULL for octets */
    const char *directory;         /* directory of the pool; NULL for $BIPS_DIRECTORY or /dev/shm */
} bips_producer_options;

/* What a consumer asks for. Begin with bips_consumer_options_default(). */
typedef struct bips_consumer_options {
    uint32_t size;            /* sizeof(bips_consumer_options) */
    uint32_t overflow;        /* BIPS_BLOCK, BIPS_DROP_OLDEST or BIPS_LATEST */
    uint32_t depth;           /* for BIPS_LATEST: from how many of the newest frames a pull takes the oldest */
    uint32_t maximum_held;    /* frames held at once, at least 1 */
    int64_t history;          /* frames published before that are wanted; -1 for all that the pool keeps */
    int64_t wait_for_pool;    /* nanoseconds to wait for a pool that is not there yet; BIPS_FOREVER allowed */
    int64_t producer_grace;   /* nanoseconds a pull waits for a dead producer's successor; BIPS_FOREVER allowed */
    uint32_t wait_mode;       /* BIPS_WAIT_... */
    uint32_t skip_prefault;   /* non-zero: the first frames may cost page faults */
    const char *directory;    /* directory of the pool; NULL for $BIPS_DIRECTORY or /dev/shm */
} bips_consumer_options;

/* The right to fill one buffer. The caller sets length, flags and timestamp before the push. */
typedef struct bips_write_lease {
    void *data;             /* the buffer, page-aligned; what it contains at first is undefined */
    uint64_t capacity;      /* bytes of the buffer */
    uint64_t length;        /* bytes to publish; the capacity at first */
    uint64_t sequence;      /* set by the push: number of the frame, from 1 */
    int64_t timestamp;      /* nanoseconds on CLOCK_MONOTONIC; BIPS_NOW at first */
    void *metadata;         /* user metadata of the frame, all zero at first; NULL when the pool has none */
    uint32_t metadata_size; /* bytes of it */
    uint32_t flags;         /* anything; consumers get it with the frame; 0 at first */
    uint32_t buffer_index;  /* which of the pool's buffers this is */
    uint32_t generation;    /* the library's: do not change */
    uint64_t owner;         /* the library's: do not change */
} bips_write_lease;

/* The right to read one frame. It is not overwritten until the push, however long that takes. */
typedef struct bips_read_lease {
    const void *data;       /* the payload, page-aligned */
    uint64_t capacity;      /* bytes of the buffer */
    uint64_t length;        /* bytes of payload */
    uint64_t sequence;      /* number of the publication in this pool, from 1; a gap is a loss */
    int64_t timestamp;      /* nanoseconds on CLOCK_MONOTONIC at the push, unless the producer gave another time */
    const void *metadata;   /* user metadata; NULL when the pool has none */
    uint32_t metadata_size; /* bytes of it */
    uint32_t flags;         /* what the producer gave */
    uint32_t buffer_index;  /* which of the pool's buffers this is */
    uint32_t generation;    /* the library's: do not change */
    uint64_t owner;         /* the library's: do not change */
} bips_read_lease;

/* What a pool is. Set size before the call; the texts live until the handle is closed and its leases have ended. */
typedef struct bips_pool_info {
    uint32_t size;              /* sizeof(bips_pool_info) */
    uint32_t buffer_count;
    uint64_t buffer_size;
    uint32_t metadata_size;
    uint32_t history;
    uint32_t write_leases;
    uint32_t maximum_consumers;
    uint8_t id[16];             /* random identity, big-endian: another pool under the same name has another one */
    const char *name;           /* UTF-8 */
    const char *format;         /* UTF-8 media type with parameters */
} bips_pool_info;

/* Counts of a pool since it was created, also under earlier producers. Set size before the call. */
typedef struct bips_producer_statistics {
    uint32_t size;           /* sizeof(bips_producer_statistics) */
    uint32_t epoch;          /* producers that this pool has had */
    uint64_t published;      /* sequence of the newest frame, 0 for none */
    uint64_t waits;          /* times that a pull found no free buffer */
    uint64_t reaped;         /* lanes taken back from dead consumers */
    uint64_t evicted_stalled; /* consumers evicted because they stalled */
    uint64_t evicted_broken; /* consumers evicted because their lane held an impossible value */
    uint32_t took_over;      /* 1 when this producer took over a dead one's pool */
    uint32_t reserved;       /* 0 */
} bips_producer_statistics;

/* Counts of one consumer since it attached. Set size before the call. */
typedef struct bips_consumer_statistics {
    uint32_t size;  /* sizeof(bips_consumer_statistics) */
    uint32_t lane;  /* number of its lane */
    uint64_t taken; /* frames taken */
    uint64_t lost;  /* frames lost, exactly; a loss is counted by the pull that finds it */
} bips_consumer_statistics;

/* What a producer sees of one consumer at one moment. Set size in the first element before the call. */
typedef struct bips_consumer_status {
    uint32_t size;       /* sizeof(bips_consumer_status) */
    uint32_t lane;       /* number of its lane */
    int32_t process_id;  /* as it wrote it, in its own PID namespace */
    uint32_t overflow;   /* BIPS_BLOCK, BIPS_DROP_OLDEST or BIPS_LATEST */
    uint32_t held;       /* buffers that it holds */
    uint32_t evicted;    /* 1 when it was evicted and has not found out yet */
    uint64_t lag;        /* published frames that it has neither taken nor lost */
    uint64_t taken;      /* frames taken */
    uint64_t lost;       /* frames lost */
} bips_consumer_status;

/* --- library ---------------------------------------------------------------------------------------------------- */

/* The ABI of the loaded library; it must equal BIPS_ABI_VERSION. May be called in a forked child. */
uint32_t bips_abi_version(void);

/* The version of the loaded library, such as "1.2.3". May be called in a forked child. */
const char *bips_library_version(void);

/* The name of a status, such as "BIPS_TIMED_OUT"; never NULL. May be called in a forked child. */
const char *bips_status_string(bips_status status);

/* What the calling thread's last error was, in words; "" when there was none. Valid until the thread's next call. */
const char *bips_last_error(void);

/* --- producer --------------------------------------------------------------------------------------------------- */

/*
 * Creates a pool, or takes over one of the same name and geometry whose producer has died: attached consumers stay
 * attached and miss nothing. A pool of another geometry whose producer has died is replaced.
 *
 * name: 1 to 200 letters, digits, '.', '_' and '-', beginning with a letter or a digit.
 * Errors: ARGUMENT, STRUCT_SIZE, PRODUCER_ACTIVE, POOL_TOO_SMALL, NO_SPACE, ACCESS_DENIED, NOT_A_POOL, INCOMPATIBLE,
 * SYSTEM.
 */
bips_status bips_producer_create(const char *name, const bips_producer_options *options, bips_producer **producer);

/* Takes a free buffer, waiting for one at most timeout nanoseconds. BIPS_TIMED_OUT; errors: LEASE_LIMIT. */
bips_status bips_producer_pull(bips_producer *producer, int64_t timeout, bips_write_lease *lease);

/*
 * Publishes the first lease->length bytes of the buffer as the next frame, sets lease->sequence, and ends the lease
 * (data and metadata become NULL). After an error the lease is as it was. Errors: ARGUMENT (length), LEASE_ENDED,
 * FOREIGN_LEASE.
 */
bips_status bips_producer_push(bips_producer *producer, bips_write_lease *lease);

/* Gives a buffer back unpublished; also after the end of the stream. Errors: LEASE_ENDED, FOREIGN_LEASE. */
bips_status bips_producer_release(bips_producer *producer, bips_write_lease *lease);

/*
 * Ends the stream: consumers get what was published and then BIPS_END_OF_STREAM, and the name is gone. The buffers stay
 * mapped in this process until bips_producer_close(), for views that outlive the stream. Only release and close may
 * follow.
 */
bips_status bips_producer_end(bips_producer *producer);

/*
 * Ends the stream unless that was done before, and unmaps the buffers, or leaves that to the release of the last open
 * lease. A wait in another thread ends with BIPS_E_CLOSED.
 */
bips_status bips_producer_close(bips_producer *producer);

bips_status bips_producer_info(bips_producer *producer, bips_pool_info *info);
bips_status bips_producer_get_statistics(bips_producer *producer, bips_producer_statistics *statistics);

/*
 * Looks at every attached consumer. capacity: how many elements consumers has; maximum_consumers of the pool always
 * suffice. count: how many there are, which may be more than fit. consumers may be NULL when capacity is 0.
 */
bips_status bips_producer_consumers(bips_producer *producer, bips_consumer_status *consumers, uint32_t capacity,
                                    uint32_t *count);

/* --- consumer --------------------------------------------------------------------------------------------------- */

/*
 * Attaches to a pool. options may be NULL: a blocking consumer, one lease, of a pool that is there.
 * Errors: ARGUMENT, STRUCT_SIZE, POOL_NOT_FOUND, PRODUCER_LOST, NOT_A_POOL, INCOMPATIBLE, CORRUPT, ACCESS_DENIED,
 * TOO_MANY_CONSUMERS, POOL_TOO_SMALL, SYSTEM.
 */
bips_status bips_consumer_open(const char *name, const bips_consumer_options *options, bips_consumer **consumer);

/*
 * Takes the next frame, waiting for one at most timeout nanoseconds. BIPS_TIMED_OUT, BIPS_END_OF_STREAM,
 * BIPS_PRODUCER_LOST, BIPS_POOL_REPLACED, BIPS_EVICTED; errors: LEASE_LIMIT, CORRUPT.
 */
bips_status bips_consumer_pull(bips_consumer *consumer, int64_t timeout, bips_read_lease *lease);

/* Gives a frame back and ends the lease; from any thread, also after close. Errors: LEASE_ENDED, FOREIGN_LEASE. */
bips_status bips_consumer_push(bips_consumer *consumer, bips_read_lease *lease);

/*
 * A descriptor for poll, epoll, GLib or asyncio: readable while a pull without waiting would not time out, that is,
 * while a frame is waiting, after the end of the stream, and while the producer is lost. Only pulls make it unreadable:
 * do not read from it. It may be readable once too often: pull with a time-out of 0 and go back to the loop on
 * BIPS_TIMED_OUT. It is the same on every call and closed with the consumer. A forked child's copy still tells of the
 * parent's frames: all that it may do is close it.
 *
 * The first descriptor of a process starts one thread, named bips-wait, which ends about a second after the last was
 * closed. Kernels before Linux 5.16, and the pools beyond the 127th of a process, cost one more such thread for each
 * pool. Errors: SYSTEM.
 */
bips_status bips_consumer_fd(bips_consumer *consumer, int *descriptor);

/*
 * Detaches. Leases that are still open stay readable until they are pushed; the last push unmaps. A wait in another
 * thread ends with BIPS_E_CLOSED.
 */
bips_status bips_consumer_close(bips_consumer *consumer);

bips_status bips_consumer_info(bips_consumer *consumer, bips_pool_info *info);
bips_status bips_consumer_get_statistics(bips_consumer *consumer, bips_consumer_statistics *statistics);

/* --- defaults --------------------------------------------------------------------------------------------------- */

/* The options of a pool whose buffers have buffer_size bytes. */
static inline bips_producer_options bips_producer_options_default(uint64_t buffer_size) {
    bips_producer_options options = {
        (uint32_t)sizeof(bips_producer_options),
        8, /* buffer_count */
        buffer_size,
        1,  /* history */
        16, /* maximum_consumers */
        1,  /* write_leases */
        0,  /* metadata_size */
        BIPS_WAIT_BALANCED,
        0640, /* mode */
        0,    /* evict_stalled_after: never */
        -1,   /* owner: the caller */
        -1,   /* group: the caller's */
        0,    /* huge_pages */
        0,    /* lock_memory */
        NULL, /* format: octets */
        NULL  /* directory: $BIPS_DIRECTORY or /dev/shm */
    };
    return options;
}

/* The options of a blocking consumer that holds one frame at a time and wants all of the pool's history. */
static inline bips_consumer_options bips_consumer_options_default(void) {
    bips_consumer_options options = {
        (uint32_t)sizeof(bips_consumer_options),
        BIPS_BLOCK,
        0,  /* depth: of BIPS_LATEST only */
        1,  /* maximum_held */
        -1, /* history: all */
        0,  /* wait_for_pool */
        0,  /* producer_grace */
        BIPS_WAIT_BALANCED,
        0,   /* skip_prefault */
        NULL /* directory: $BIPS_DIRECTORY or /dev/shm */
    };
    return options;
}

/* The library's view of every struct; a program whose compiler disagrees does not compile. */
static_assert(sizeof(void *) == 8, "Bips runs on 64-bit systems");
static_assert(sizeof(bips_producer_options) == 88, "bips_producer_options");
static_assert(offsetof(bips_producer_options, evict_stalled_after) == 40, "bips_producer_options");
static_assert(offsetof(bips_producer_options, directory) == 80, "bips_producer_options");
static_assert(sizeof(bips_consumer_options) == 56, "bips_consumer_options");
static_assert(offsetof(bips_consumer_options, directory) == 48, "bips_consumer_options");
static_assert(sizeof(bips_write_lease) == 72, "bips_write_lease");
static_assert(offsetof(bips_write_lease, owner) == 64, "bips_write_lease");
static_assert(sizeof(bips_read_lease) == 72, "bips_read_lease");
static_assert(offsetof(bips_read_lease, owner) == 64, "bips_read_lease");
static_assert(sizeof(bips_pool_info) == 64, "bips_pool_info");
static_assert(offsetof(bips_pool_info, format) == 56, "bips_pool_info");
static_assert(sizeof(bips_producer_statistics) == 56, "bips_producer_statistics");
static_assert(sizeof(bips_consumer_statistics) == 24, "bips_consumer_statistics");
static_assert(sizeof(bips_consumer_status) == 48, "bips_consumer_status");

#ifdef __cplusplus
}
#endif

#endif
