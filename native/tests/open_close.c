/* Opens and closes a pool from both sides, with one frame in between, as often as asked: for valgrind. */
#include <bips/bips.h>
#include <stdio.h>
#include <stdlib.h>

static bips_status exchange(const char *name) {
    bips_producer_options options = bips_producer_options_default(64);
    bips_producer *producer;
    bips_consumer *consumer;
    bips_write_lease lease;
    bips_read_lease frame;
    bips_status status = bips_producer_create(name, &options, &producer);
    status = status ? status : bips_consumer_open(name, NULL, &consumer);
    status = status ? status : bips_producer_pull(producer, BIPS_FOREVER, &lease);
    status = status ? status : bips_producer_push(producer, &lease);
    status = status ? status : bips_consumer_pull(consumer, BIPS_FOREVER, &frame);
    status = status ? status : bips_consumer_push(consumer, &frame);
    status = status ? status : bips_consumer_close(consumer);
    return status ? status : bips_producer_close(producer);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: %s NAME TIMES\n", argv[0]);
        return 2;
    }

    for (long times = strtol(argv[2], NULL, 10); times > 0; times--) {
        bips_status status = exchange(argv[1]);
        if (status != BIPS_OK) {
            fprintf(stderr, "%s: %s\n", bips_status_string(status), bips_last_error());
            return 1;
        }
    }

    return 0;
}
