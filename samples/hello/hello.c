#include <bips/bips.h>
#include <stdio.h>

int main(void) {
    bips_producer_options options = bips_producer_options_default(1024);
    bips_producer *producer;
    bips_consumer *consumer;
    bips_write_lease lease;
    bips_read_lease frame;
    if (bips_producer_create("hello-c", &options, &producer) || bips_consumer_open("hello-c", NULL, &consumer)) {
        return fprintf(stderr, "%s\n", bips_last_error()), 1;
    }

    bips_producer_pull(producer, BIPS_FOREVER, &lease);
    lease.length = (uint64_t)snprintf(lease.data, lease.capacity, "hello from C");
    bips_producer_push(producer, &lease);
    bips_consumer_pull(consumer, BIPS_FOREVER, &frame);
    printf("%.*s\n", (int)frame.length, (const char *)frame.data);
    bips_consumer_push(consumer, &frame);
    bips_consumer_close(consumer);
    bips_producer_close(producer);
}
