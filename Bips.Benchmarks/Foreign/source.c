/*
 * A producer in C for the benchmarks: source NAME SIZE BUFFERS UNCOUNTED COUNTED. Says "ready" when the pool exists.
 * Once it reads a line it sends as fast as it can, for UNCOUNTED and then for COUNTED milliseconds, and prints how many
 * frames it sent in the counted time, and that time in nanoseconds.
 */
#include <bips/bips.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FRAMES_PER_BATCH = 64 };

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int send_until(bips_producer *producer, int64_t end, uint64_t *sent) {
    while (now() < end) {
        for (int i = 0; i < FRAMES_PER_BATCH; i++) {
            bips_write_lease lease;
            if (bips_producer_pull(producer, BIPS_FOREVER, &lease)) return 1;
            lease.length = lease.capacity;
            if (bips_producer_push(producer, &lease)) return 1;
        }

        *sent += FRAMES_PER_BATCH;
    }

    return 0;
}

int main(int count, char **words) {
    if (count != 6) {
        fprintf(stderr, "usage: source NAME SIZE BUFFERS UNCOUNTED COUNTED\n");
        return 1;
    }

    bips_producer_options options = bips_producer_options_default(strtoull(words[2], NULL, 10));
    options.buffer_count = (uint32_t)strtoul(words[3], NULL, 10);
    options.maximum_consumers = 1;
    bips_producer *producer;
    if (bips_producer_create(words[1], &options, &producer)) {
        fprintf(stderr, "%s\n", bips_last_error());
        return 1;
    }

    puts("ready");
    fflush(stdout);
    uint64_t uncounted = 0;
    uint64_t counted = 0;
    if (getchar() == EOF) return 1;
    int failed = send_until(producer, now() + strtoll(words[4], NULL, 10) * 1000000, &uncounted);
    int64_t start = now();
    failed |= send_until(producer, start + strtoll(words[5], NULL, 10) * 1000000, &counted);
    int64_t time = now() - start;
    if (failed) fprintf(stderr, "%s\n", bips_last_error());
    failed |= bips_producer_close(producer) != BIPS_OK;
    printf("%" PRIu64 " %" PRId64 "\n", counted, time);
    return failed;
}
