/*
 * A consumer in C for the benchmarks: sink NAME. Says "ready" when it is attached, and takes frames to the end of the
 * stream.
 */
#include <bips/bips.h>
#include <stdio.h>

int main(int count, char **words) {
    bips_consumer *consumer;
    bips_read_lease frame;
    bips_status status;
    if (count != 2 || bips_consumer_open(words[1], NULL, &consumer)) {
        fprintf(stderr, "%s\n", count == 2 ? bips_last_error() : "usage: sink NAME");
        return 1;
    }

    puts("ready");
    fflush(stdout);
    while ((status = bips_consumer_pull(consumer, BIPS_FOREVER, &frame)) == BIPS_OK) {
        if (bips_consumer_push(consumer, &frame)) break;
    }

    bips_consumer_close(consumer);
    return status != BIPS_END_OF_STREAM;
}
