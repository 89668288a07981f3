/*
 * The limits of the machine in C, so that a reader can check the limits in C# that stand beside them. The benchmarks
 * compile this file when they run; it prints "name value" lines.
 *
 *   limits exchange line|tight|relaxed|futex CPU CPU MILLISECONDS
 *                                      one way between two processes, ns: half of a round trip
 *   limits wake CPU CPU RATE FRAMES    futex wake on a fixed schedule, ns from when it was due
 *   limits ring CPU CPU MILLISECONDS   numbers/s out through one ring and back through another
 *   limits copy BYTES MILLISECONDS     memcpy, GB/s (bytes copied)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 64, DISTANCE = 128, WORDS = LINE / 8, SLOTS = 64 };
enum { CAPACITY = 256, INDICES = 64, BATCH = 64, SAMPLES = 1 << 21 };
#define END UINT64_MAX

enum wait { WAIT_LINE, WAIT_TIGHT, WAIT_RELAXED, WAIT_FUTEX };

struct line {
    uint64_t words[WORDS];
    char apart[DISTANCE - LINE];
};

struct channel {
    struct line word;
    struct line slots[SLOTS][2]; /* flag, payload */
};

struct ring {
    struct line put;
    struct line taken;
    uint32_t entries[CAPACITY];
};

struct end {
    struct ring *ring;
    uint64_t own;
    uint64_t other;
};

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000 + time.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void pin(const char *number) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(atoi(number), &set);
    if (sched_setaffinity(0, sizeof set, &set)) fail("sched_setaffinity");
}

static void *shared(size_t length) {
    void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    return memory;
}

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void futex(uint32_t *word, int operation, uint32_t value) {
    long result = syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
    if (result < 0 && errno != EAGAIN && errno != EINTR) fail("futex");
}

/* A process that ends with its parent. Returns in both: 0 in the new one. */
static pid_t start(void) {
    pid_t parent = getpid(), child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(1);
    }
    return child;
}

static void end_of(pid_t child) {
    int status;
    if (waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "the other process failed\n");
        exit(1);
    }
}

static int ascending(const void *one, const void *other) {
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static double percentile(const int64_t *sorted, int count, double percent) {
    return (double)sorted[(int)((count - 1) * percent / 100)];
}

static void report(int64_t *times, int count, double divisor) {
    qsort(times, (size_t)count, sizeof *times, ascending);
    printf("p50 %.1f\np90 %.1f\n", percentile(times, count, 50) / divisor, percentile(times, count, 90) / divisor);
    printf("p99 %.1f\np99.9 %.1f\n", percentile(times, count, 99) / divisor, percentile(times, count, 99.9) / divisor);
}

static void send(struct channel *channel, enum wait wait, uint64_t number, int slots, uint64_t value) {
    struct line *slot = channel->slots[number % (uint64_t)slots];
    if (wait == WAIT_LINE) {
        __atomic_store_n(&slot[0].words[0], value, __ATOMIC_RELEASE);
        return;
    }
    for (int i = 0; i < WORDS; i++) slot[1].words[i] = value + (uint64_t)i;
    __atomic_store_n(&slot[0].words[0], number, __ATOMIC_RELEASE);
    if (wait == WAIT_FUTEX) {
        uint32_t *word = (uint32_t *)channel->word.words;
        __atomic_store_n(word, *word + 1, __ATOMIC_RELEASE);
        futex(word, FUTEX_WAKE, 1);
    }
}

static uint64_t receive(struct channel *channel, enum wait wait, uint64_t number, int slots, uint64_t last) {
    struct line *slot = channel->slots[number % (uint64_t)slots];
    uint64_t *flag = &slot[0].words[0], value;
    if (wait == WAIT_LINE) {
        while ((value = __atomic_load_n(flag, __ATOMIC_ACQUIRE)) == last) continue;
        return value;
    }
    if (wait == WAIT_FUTEX) {
        uint32_t *word = (uint32_t *)channel->word.words;
        for (;;) {
            uint32_t seen = __atomic_load_n(word, __ATOMIC_ACQUIRE);
            if (__atomic_load_n(flag, __ATOMIC_ACQUIRE) == number) break;
            futex(word, FUTEX_WAIT, seen);
        }
    } else {
        while (__atomic_load_n(flag, __ATOMIC_ACQUIRE) != number) {
            if (wait == WAIT_RELAXED) relax();
        }
    }
    value = slot[1].words[0];
    uint64_t faults = 0;
    for (int i = 1; i < WORDS; i++) faults |= slot[1].words[i] ^ (value + (uint64_t)i);
    if (faults) {
        fprintf(stderr, "a payload is torn\n");
        exit(1);
    }
    return value;
}

static int64_t clock_cost(int64_t *times) {
    enum { ROUNDS = 20000 };
    for (int i = 0; i < ROUNDS; i++) {
        int64_t start = now();
        times[i] = now() - start;
    }
    qsort(times, ROUNDS, sizeof *times, ascending);
    return times[ROUNDS / 2];
}

static void answer(struct channel *there, struct channel *back, enum wait wait) {
    uint64_t value = 0;
    for (uint64_t number = 1; value != END; number++) {
        value = receive(there, wait, number, 1, value);
        send(back, wait, number, 1, value);
    }
}

static void exchange(enum wait wait, const char *one, const char *other, int milliseconds) {
    struct channel *there = shared(2 * sizeof *there), *back = there + 1;
    pid_t child = start();
    pin(child ? one : other);
    if (!child) {
        answer(there, back, wait);
        _exit(0);
    }

    int64_t *times = calloc(SAMPLES, sizeof *times);
    if (!times) fail("calloc");
    int64_t cost = clock_cost(times), from = now(), warm = from + 100000000, until = warm + milliseconds * 1000000LL;
    uint64_t number = 0, value = 0;
    int count = 0;
    for (int64_t begin = from; begin < until && count < SAMPLES;) {
        begin = now();
        send(there, wait, number + 1, 1, number + 1);
        value = receive(back, wait, number + 1, 1, number);
        int64_t end = now();
        if (value != ++number) {
            fprintf(stderr, "%llu was answered with %llu\n", (unsigned long long)number, (unsigned long long)value);
            exit(1);
        }
        if (begin >= warm) times[count++] = end - begin - cost;
    }
    send(there, wait, number + 1, 1, END);
    end_of(child);
    report(times, count, 2);
}

static void wake(const char *one, const char *other, int rate, int frames) {
    struct channel *channel = shared(sizeof *channel);
    pid_t child = start();
    pin(child ? one : other);
    if (!child) {
        int64_t *times = calloc((size_t)frames, sizeof *times);
        if (!times) fail("calloc");
        for (int i = 0; i < frames; i++) {
            int64_t due = (int64_t)receive(channel, WAIT_FUTEX, (uint64_t)i + 1, SLOTS, 0);
            times[i] = now() - due;
        }
        report(times + frames / 10, frames - frames / 10, 1);
        fflush(stdout);
        _exit(0);
    }

    int64_t due = now() + 5000000;
    for (int i = 0; i < frames; i++, due += 1000000000 / rate) {
        while (now() < due) continue;
        send(channel, WAIT_FUTEX, (uint64_t)i + 1, SLOTS, (uint64_t)due);
    }
    end_of(child);
}

static void put(struct end *end, uint32_t index) {
    while (end->own - end->other == CAPACITY) {
        end->other = __atomic_load_n(&end->ring->taken.words[0], __ATOMIC_ACQUIRE);
    }

    end->ring->entries[end->own % CAPACITY] = index;
    __atomic_store_n(&end->ring->put.words[0], ++end->own, __ATOMIC_RELEASE);
}

static uint32_t take(struct end *end) {
    while (end->own == end->other) end->other = __atomic_load_n(&end->ring->put.words[0], __ATOMIC_ACQUIRE);
    uint32_t index = end->ring->entries[end->own % CAPACITY];
    __atomic_store_n(&end->ring->taken.words[0], ++end->own, __ATOMIC_RELEASE);
    return index;
}

static void ring(const char *one, const char *other, int milliseconds) {
    struct ring *rings = shared(2 * sizeof *rings);
    struct end out = {.ring = rings}, back = {.ring = rings + 1};
    pid_t child = start();
    pin(child ? one : other);
    if (!child) {
        for (uint32_t index = 0; index < INDICES; index++) put(&back, index);
        for (uint32_t index; (index = take(&out)) != UINT32_MAX;) put(&back, index);
        _exit(0);
    }

    int64_t from = 0, until = now() + 100000000, count = 0;
    for (int turn = 0; turn < 2; turn++) {
        for (count = 0, from = now(); now() < until; count += BATCH) {
            for (int i = 0; i < BATCH; i++) put(&out, take(&back));
        }
        if (turn == 0) until = now() + milliseconds * 1000000LL;
    }
    printf("rate %.0f\n", (double)count / ((double)(now() - from) / 1e9));
    put(&out, UINT32_MAX);
    end_of(child);
}

static void copy(size_t length, int milliseconds) {
    char *from = shared(length), *to = shared(length);
    memset(from, 1, length);
    memcpy(to, from, length);
    int64_t begin = now(), until = begin + milliseconds * 1000000LL, end;
    double copied = 0;
    do {
        memcpy(to, from, length);
        from[0]++; /* or the compiler may see that nothing changes */
        copied += (double)length;
    } while ((end = now()) < until);
    printf("rate %.3f\n", copied / (double)(end - begin));
}

int main(int count, char **words) {
    static const char *const waits[] = {"line", "tight", "relaxed", "futex"};
    if (count == 6 && !strcmp(words[1], "exchange")) {
        for (int wait = WAIT_LINE; wait <= WAIT_FUTEX; wait++) {
            if (!strcmp(words[2], waits[wait])) {
                exchange((enum wait)wait, words[3], words[4], atoi(words[5]));
                return 0;
            }
        }
    } else if (count == 6 && !strcmp(words[1], "wake")) {
        wake(words[2], words[3], atoi(words[4]), atoi(words[5]));
        return 0;
    } else if (count == 5 && !strcmp(words[1], "ring")) {
        ring(words[2], words[3], atoi(words[4]));
        return 0;
    } else if (count == 4 && !strcmp(words[1], "copy")) {
        copy(strtoull(words[2], NULL, 10), atoi(words[3]));
        return 0;
    }
    fprintf(stderr, "see the head of limits.c\n");
    return 2;
}
