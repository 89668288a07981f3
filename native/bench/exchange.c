/* The same as ExchangeCost in Bips.Tests.Peer, through the C ABI: exchange measure NAME [--size BYTES] */
#include <bips/bips.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FRAMES = 200000 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void exchange(bips_producer *producer, bips_consumer *consumer) {
    for (int i = 0; i < FRAMES; i++) {
        bips_write_lease lease;
        bips_read_lease frame;
        if (bips_producer_pull(producer, BIPS_FOREVER, &lease) || bips_producer_push(producer, &lease) ||
            bips_consumer_pull(consumer, BIPS_FOREVER, &frame) || bips_consumer_push(consumer, &frame)) {
            fprintf(stderr, "%s\n", bips_last_error());
            exit(1);
        }
    }
}

int main(int argc, char **argv) {
    bips_producer_options options = bips_producer_options_default(argc == 5 ? strtoull(argv[4], NULL, 10) : 4096);
    bips_producer *producer;
    bips_consumer *consumer;
    if (argc < 3 || bips_producer_create(argv[2], &options, &producer) || bips_consumer_open(argv[2], NULL,
        &consumer)) {
        fprintf(stderr, "%s\n", bips_last_error());
        return 1;
    }

    exchange(producer, consumer);
    for (int byte; (byte = getchar()) != EOF;) {
        double start = now();
        exchange(producer, consumer);
        printf("%.1f\n", (now() - start) / FRAMES);
        fflush(stdout);
    }

    bips_consumer_close(consumer);
    return bips_producer_close(producer);
}
