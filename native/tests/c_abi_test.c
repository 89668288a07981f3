/*
 * The C ABI from C: what it does, and what it answers to wrong arguments. Prints one line per test; the last line
 * counts.
 */
#include <bips/bips.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char pool_name[64];
static bool failed;

#define EXPECT(condition)                                                             \
    do {                                                                              \
        if (!(condition)) {                                                           \
            failed = true;                                                            \
            printf("%s:%d: expected %s; last error: %s\n", __FILE__, __LINE__, #condition, bips_last_error()); \
        }                                                                             \
    } while (0)

#define EXPECT_STATUS(expected, call)                                                 \
    do {                                                                              \
        bips_status found = (call);                                                   \
        if (found != (expected)) {                                                    \
            failed = true;                                                            \
            printf("%s:%d: %s gave %s, not %s; last error: %s\n", __FILE__, __LINE__, #call, \
                   bips_status_string(found), \
                   bips_status_string(expected), bips_last_error());                  \
        }                                                                             \
    } while (0)

static bips_producer *producer;
static bips_consumer *consumer;

static void open_both(uint32_t metadata_size, uint32_t write_leases) {
    bips_producer_options options = bips_producer_options_default(4096);
    options.format = "video/x-raw,format=GRAY8,width=64,height=64";
    options.metadata_size = metadata_size;
    options.write_leases = write_leases;
    EXPECT_STATUS(BIPS_OK, bips_producer_create(pool_name, &options, &producer));
    EXPECT_STATUS(BIPS_OK, bips_consumer_open(pool_name, NULL, &consumer));
}

static void close_both(void) {
    EXPECT_STATUS(BIPS_OK, bips_consumer_close(consumer));
    EXPECT_STATUS(BIPS_OK, bips_producer_close(producer));
}

static void Frame_arrives_with_all_that_belongs_to_it(void) {
    open_both(16, 1);
    bips_write_lease lease;
    EXPECT_STATUS(BIPS_OK, bips_producer_pull(producer, BIPS_FOREVER, &lease));
    EXPECT(lease.capacity == 4096 && lease.length == 4096 && lease.metadata_size == 16 && lease.timestamp == BIPS_NOW);
    EXPECT(((uintptr_t)lease.data & 4095) == 0);
    memset(lease.data, 'x', 100);
    memcpy(lease.metadata, "sixteen bytes...", 16);
    lease.length = 100;
    lease.flags = 77;
    lease.timestamp = 123456789;
    EXPECT_STATUS(BIPS_OK, bips_producer_push(producer, &lease));
    EXPECT(lease.sequence == 1 && lease.data == NULL && lease.metadata == NULL);

    bips_read_lease frame;
    EXPECT_STATUS(BIPS_OK, bips_consumer_pull(consumer, 0, &frame));
    EXPECT(frame.length == 100 && frame.capacity == 4096 && frame.sequence == 1 && frame.timestamp == 123456789);
    EXPECT(frame.flags == 77 && frame.metadata_size == 16 && memcmp(frame.metadata, "sixteen bytes...", 16) == 0);
    EXPECT(((const char *)frame.data)[0] == 'x' && ((const char *)frame.data)[99] == 'x');
    EXPECT_STATUS(BIPS_OK, bips_consumer_push(consumer, &frame));
    EXPECT_STATUS(BIPS_TIMED_OUT, bips_consumer_pull(consumer, 0, &frame));
    EXPECT(frame.data == NULL);
    close_both();
}

static void Pool_says_what_it_is(void) {
    open_both(16, 1);
    bips_pool_info of_producer = {.size = sizeof of_producer};
    bips_pool_info of_consumer = {.size = sizeof of_consumer};
    EXPECT_STATUS(BIPS_OK, bips_producer_info(producer, &of_producer));
    EXPECT_STATUS(BIPS_OK, bips_consumer_info(consumer, &of_consumer));
    EXPECT(strcmp(of_consumer.name, pool_name) == 0);
    EXPECT(strcmp(of_consumer.format, "video/x-raw,format=GRAY8,width=64,height=64") == 0);
    EXPECT(of_consumer.buffer_size == 4096 && of_consumer.buffer_count == 8 && of_consumer.history == 1);
    EXPECT(of_consumer.metadata_size == 16 && of_consumer.write_leases == 1 && of_consumer.maximum_consumers == 16);
    EXPECT(memcmp(of_consumer.id, of_producer.id, 16) == 0);
    close_both();
}

static void Statistics_count_what_happened(void) {
    open_both(0, 1);
    bips_consumer_options options = bips_consumer_options_default();
    options.overflow = BIPS_LATEST;
    options.depth = 1;
    bips_consumer *lossy;
    EXPECT_STATUS(BIPS_OK, bips_consumer_open(pool_name, &options, &lossy));
    for (int i = 0; i < 5; i++) {
        bips_write_lease lease;
        EXPECT_STATUS(BIPS_OK, bips_producer_pull(producer, BIPS_FOREVER, &lease));
        EXPECT_STATUS(BIPS_OK, bips_producer_push(producer, &lease));
    }

    bips_read_lease frame;
    EXPECT_STATUS(BIPS_OK, bips_consumer_pull(lossy, 0, &frame));
    EXPECT(frame.sequence == 5);
    bips_consumer_statistics own = {.size = sizeof own};
    EXPECT_STATUS(BIPS_OK, bips_consumer_get_statistics(lossy, &own));
    EXPECT(own.taken == 1 && own.lost == 4);

    bips_producer_statistics all = {.size = sizeof all};
    EXPECT_STATUS(BIPS_OK, bips_producer_get_statistics(producer, &all));
    EXPECT(all.published == 5 && all.epoch == 1 && all.took_over == 0);

    bips_consumer_status seen[16] = {{.size = sizeof seen[0]}};
    uint32_t count = 0;
    EXPECT_STATUS(BIPS_OK, bips_producer_consumers(producer, seen, 16, &count));
    EXPECT(count == 2 && seen[0].overflow == BIPS_BLOCK && seen[0].lag == 5);
    EXPECT(seen[1].overflow == BIPS_LATEST && seen[1].held == 1 && seen[1].lost == 4);
    EXPECT_STATUS(BIPS_OK, bips_producer_consumers(producer, NULL, 0, &count));
    EXPECT(count == 2);
    EXPECT_STATUS(BIPS_OK, bips_consumer_close(lossy));
    close_both();
}

static void Ended_stream_drains_and_then_says_so(void) {
    open_both(0, 1);
    bips_write_lease lease;
    EXPECT_STATUS(BIPS_OK, bips_producer_pull(producer, BIPS_FOREVER, &lease));
    unsigned char *view = lease.data;
    view[0] = 42;
    EXPECT_STATUS(BIPS_OK, bips_producer_push(producer, &lease));
    EXPECT_STATUS(BIPS_OK, bips_producer_end(producer));
    EXPECT(view[0] == 42);
    EXPECT_STATUS(BIPS_E_CLOSED, bips_producer_pull(producer, 0, &lease));
    bips_read_lease frame;
    EXPECT_STATUS(BIPS_OK, bips_consumer_pull(consumer, BIPS_FOREVER, &frame));
    EXPECT_STATUS(BIPS_OK, bips_consumer_push(consumer, &frame));
    EXPECT_STATUS(BIPS_END_OF_STREAM, bips_consumer_pull(consumer, BIPS_FOREVER, &frame));
    close_both();
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_close(producer));
}

static void Lease_outlives_its_consumer_and_still_ends_once(void) {
    open_both(0, 1);
    bips_write_lease lease;
    EXPECT_STATUS(BIPS_OK, bips_producer_pull(producer, BIPS_FOREVER, &lease));
    memset(lease.data, 'y', 4096);
    EXPECT_STATUS(BIPS_OK, bips_producer_push(producer, &lease));
    bips_read_lease frame;
    EXPECT_STATUS(BIPS_OK, bips_consumer_pull(consumer, BIPS_FOREVER, &frame));
    EXPECT_STATUS(BIPS_OK, bips_consumer_close(consumer));
    EXPECT_STATUS(BIPS_E_CLOSED, bips_consumer_close(consumer));
    EXPECT_STATUS(BIPS_OK, bips_producer_close(producer));
    EXPECT(((const char *)frame.data)[4095] == 'y');
    EXPECT_STATUS(BIPS_OK, bips_consumer_push(consumer, &frame));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_consumer_push(consumer, &frame));
}

static void Buffer_given_back_unpublished_is_seen_by_nobody(void) {
    open_both(0, 1);
    bips_write_lease lease;
    EXPECT_STATUS(BIPS_OK, bips_producer_pull(producer, BIPS_FOREVER, &lease));
    EXPECT_STATUS(BIPS_OK, bips_producer_release(producer, &lease));
    EXPECT_STATUS(BIPS_E_LEASE_ENDED, bips_producer_release(producer, &lease));
    bips_read_lease frame;
    EXPECT_STATUS(BIPS_TIMED_OUT, bips_consumer_pull(consumer, 1, &frame));
    close_both();
}

static void Null_is_an_argument_error(void) {
    bips_producer_options options = bips_producer_options_default(64);
    bips_write_lease lease;
    bips_read_lease frame;
    uint32_t count;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_create(NULL, &options, &producer));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_create(pool_name, NULL, &producer));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_create(pool_name, &options, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_open(NULL, NULL, &consumer));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_open(pool_name, NULL, NULL));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_pull(NULL, 0, &lease));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_push(NULL, &lease));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_release(NULL, &lease));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_end(NULL));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_close(NULL));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_info(NULL, NULL));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_get_statistics(NULL, NULL));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_consumers(NULL, NULL, 0, &count));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_consumer_pull(NULL, 0, &frame));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_consumer_push(NULL, &frame));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_consumer_close(NULL));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_consumer_fd(NULL, NULL));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_consumer_info(NULL, NULL));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_consumer_get_statistics(NULL, NULL));
    open_both(0, 1);
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_pull(producer, 0, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_push(producer, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_release(producer, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_info(producer, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_get_statistics(producer, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_consumers(producer, NULL, 1, &count));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_consumers(producer, NULL, 0, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_pull(consumer, 0, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_push(consumer, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_fd(consumer, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_info(consumer, NULL));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_get_statistics(consumer, NULL));
    close_both();
}

static void Wrong_size_field_is_refused(void) {
    bips_producer_options options = bips_producer_options_default(64);
    bips_consumer_options wanted = bips_consumer_options_default();
    const uint32_t wrong[] = {0, 4, sizeof options - 1, sizeof options + 8, UINT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        options.size = wrong[i];
        wanted.size = wrong[i];
        EXPECT_STATUS(BIPS_E_STRUCT_SIZE, bips_producer_create(pool_name, &options, &producer));
        EXPECT_STATUS(BIPS_E_STRUCT_SIZE, bips_consumer_open(pool_name, &wanted, &consumer));
    }

    open_both(0, 1);
    bips_pool_info info = {0};
    bips_producer_statistics all = {.size = UINT32_MAX};
    bips_consumer_statistics own = {0};
    bips_consumer_status seen = {0};
    uint32_t count;
    EXPECT_STATUS(BIPS_E_STRUCT_SIZE, bips_producer_info(producer, &info));
    EXPECT_STATUS(BIPS_E_STRUCT_SIZE, bips_consumer_info(consumer, &info));
    EXPECT_STATUS(BIPS_E_STRUCT_SIZE, bips_producer_get_statistics(producer, &all));
    EXPECT_STATUS(BIPS_E_STRUCT_SIZE, bips_consumer_get_statistics(consumer, &own));
    EXPECT_STATUS(BIPS_E_STRUCT_SIZE, bips_producer_consumers(producer, &seen, 1, &count));
    EXPECT(strstr(bips_last_error(), "bips_consumer_status") != NULL);
    close_both();
}

static void Option_out_of_range_is_named(void) {
    bips_producer_options options = bips_producer_options_default(64);
    const struct {
        uint32_t *field;
        uint32_t value;
        const char *name;
    } wrong[] = {{&options.wait_mode, 3, "wait_mode"},
                 {&options.mode, 01000, "mode"},
                 {&options.mode, 0, "mode"},
                 {&options.buffer_count, UINT32_MAX, "buffer_count"},
                 {&options.metadata_size, 257, "MetadataSize"},
                 {&options.maximum_consumers, 0, "MaximumConsumers"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint32_t right = *wrong[i].field;
        *wrong[i].field = wrong[i].value;
        EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_create(pool_name, &options, &producer));
        EXPECT(strstr(bips_last_error(), wrong[i].name) != NULL);
        *wrong[i].field = right;
    }

    options.buffer_size = UINT64_MAX;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_create(pool_name, &options, &producer));
    options.buffer_size = 64;
    options.owner = INT64_MAX;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_create(pool_name, &options, &producer));
    options.owner = -1;
    options.evict_stalled_after = -1;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_create(pool_name, &options, &producer));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_create("no/slashes", &options, &producer));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_create("", &options, &producer));
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_create("\xff\xfe", &options, &producer));

    open_both(0, 1);
    bips_consumer_options wanted = bips_consumer_options_default();
    bips_consumer *other;
    wanted.overflow = 3;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_open(pool_name, &wanted, &other));
    wanted.overflow = BIPS_LATEST;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_open(pool_name, &wanted, &other));
    wanted = bips_consumer_options_default();
    wanted.maximum_held = 0;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_open(pool_name, &wanted, &other));
    wanted.maximum_held = UINT32_MAX;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_open(pool_name, &wanted, &other));
    wanted = bips_consumer_options_default();
    wanted.history = INT64_MAX;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_consumer_open(pool_name, &wanted, &other));
    EXPECT(other == NULL);
    close_both();
}

static void Dead_handle_is_recognised_whatever_came_after_it(void) {
    open_both(0, 1);
    bips_producer *dead_producer = producer;
    bips_consumer *dead_consumer = consumer;
    close_both();
    open_both(0, 1);
    bips_write_lease lease;
    bips_read_lease frame;
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_pull(dead_producer, 0, &lease));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_consumer_pull(dead_consumer, 0, &frame));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_consumer_close(dead_consumer));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_consumer_pull((bips_consumer *)producer, 0, &frame));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_pull((bips_producer *)consumer, 0, &lease));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_pull((bips_producer *)(uintptr_t)UINTPTR_MAX, 0, &lease));
    EXPECT_STATUS(BIPS_E_HANDLE, bips_producer_pull((bips_producer *)&lease, 0, &lease));
    close_both();
}

static void Lease_ends_once_and_only_where_it_came_from(void) {
    open_both(0, 2);
    bips_consumer *other;
    EXPECT_STATUS(BIPS_OK, bips_consumer_open(pool_name, NULL, &other));
    bips_write_lease lease, copy, never;
    memset(&never, 0, sizeof never);
    EXPECT_STATUS(BIPS_E_FOREIGN_LEASE, bips_producer_push(producer, &never));
    EXPECT_STATUS(BIPS_OK, bips_producer_pull(producer, 0, &lease));
    copy = lease;
    EXPECT_STATUS(BIPS_OK, bips_producer_push(producer, &lease));
    EXPECT_STATUS(BIPS_E_LEASE_ENDED, bips_producer_push(producer, &lease));
    EXPECT_STATUS(BIPS_E_LEASE_ENDED, bips_producer_push(producer, &copy));
    EXPECT_STATUS(BIPS_E_LEASE_ENDED, bips_producer_release(producer, &copy));

    bips_read_lease frame, second;
    EXPECT_STATUS(BIPS_OK, bips_consumer_pull(consumer, 0, &frame));
    EXPECT_STATUS(BIPS_E_FOREIGN_LEASE, bips_consumer_push(other, &frame));
    EXPECT_STATUS(BIPS_E_LEASE_LIMIT, bips_consumer_pull(consumer, 0, &second));
    frame.buffer_index += 1000;
    EXPECT_STATUS(BIPS_E_LEASE_ENDED, bips_consumer_push(consumer, &frame));
    frame.buffer_index -= 1000;
    frame.generation += 1;
    EXPECT_STATUS(BIPS_E_LEASE_ENDED, bips_consumer_push(consumer, &frame));
    frame.generation += 1;
    EXPECT_STATUS(BIPS_E_LEASE_ENDED, bips_consumer_push(consumer, &frame));
    frame.generation -= 2;
    EXPECT_STATUS(BIPS_OK, bips_consumer_push(consumer, &frame));
    EXPECT_STATUS(BIPS_E_LEASE_ENDED, bips_consumer_push(consumer, &frame));
    EXPECT_STATUS(BIPS_OK, bips_consumer_close(other));
    close_both();
}

static void Too_long_a_frame_leaves_the_lease_open(void) {
    open_both(0, 1);
    bips_write_lease lease;
    EXPECT_STATUS(BIPS_OK, bips_producer_pull(producer, 0, &lease));
    lease.length = 4097;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_push(producer, &lease));
    lease.length = UINT64_MAX;
    EXPECT_STATUS(BIPS_E_ARGUMENT, bips_producer_push(producer, &lease));
    lease.length = 0;
    EXPECT_STATUS(BIPS_OK, bips_producer_push(producer, &lease));
    bips_read_lease frame;
    EXPECT_STATUS(BIPS_OK, bips_consumer_pull(consumer, 0, &frame));
    EXPECT(frame.length == 0 && frame.data != NULL);
    EXPECT_STATUS(BIPS_OK, bips_consumer_push(consumer, &frame));
    close_both();
}

static void *close_consumer(void *unused) {
    (void)unused;
    EXPECT_STATUS(BIPS_OK, bips_consumer_close(consumer));
    return NULL;
}

static void Huge_time_out_waits_and_close_ends_it(void) {
    const int64_t huge[] = {INT64_MAX, INT64_MIN, BIPS_FOREVER};
    for (size_t i = 0; i < sizeof huge / sizeof huge[0]; i++) {
        open_both(0, 1);
        bips_write_lease lease;
        EXPECT_STATUS(BIPS_OK, bips_producer_pull(producer, huge[i], &lease));
        EXPECT_STATUS(BIPS_E_LEASE_LIMIT, bips_producer_pull(producer, huge[i], &lease));
        pthread_t thread;
        EXPECT(pthread_create(&thread, NULL, close_consumer, NULL) == 0);
        bips_read_lease frame;
        bips_status status = bips_consumer_pull(consumer, huge[i], &frame);
        EXPECT(status == BIPS_E_CLOSED || status == BIPS_E_HANDLE);
        EXPECT(pthread_join(thread, NULL) == 0);
        EXPECT_STATUS(BIPS_OK, bips_producer_close(producer));
    }
}

static void Missing_pool_and_second_producer_are_told_apart(void) {
    EXPECT_STATUS(BIPS_E_POOL_NOT_FOUND, bips_consumer_open("c-abi-test-nobody-made-this", NULL, &consumer));
    open_both(0, 1);
    bips_producer_options options = bips_producer_options_default(4096);
    bips_producer *second;
    EXPECT_STATUS(BIPS_E_PRODUCER_ACTIVE, bips_producer_create(pool_name, &options, &second));
    options.buffer_count = 2;
    options.history = 1;
    EXPECT_STATUS(BIPS_E_POOL_TOO_SMALL, bips_producer_create("c-abi-test-too-small", &options, &second));
    EXPECT(strstr(bips_last_error(), "2 > 1 + 1") != NULL);
    close_both();
}

static bool readable(int descriptor, int milliseconds) {
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    return poll(&wanted, 1, milliseconds) == 1 && (wanted.revents & POLLIN) != 0;
}

static void publish(void) {
    bips_write_lease lease;
    EXPECT_STATUS(BIPS_OK, bips_producer_pull(producer, BIPS_FOREVER, &lease));
    EXPECT_STATUS(BIPS_OK, bips_producer_push(producer, &lease));
}

static void Descriptor_is_readable_while_a_frame_is_waiting(void) {
    open_both(0, 1);
    int descriptor, again;
    EXPECT_STATUS(BIPS_OK, bips_consumer_fd(consumer, &descriptor));
    EXPECT_STATUS(BIPS_OK, bips_consumer_fd(consumer, &again));
    EXPECT(descriptor == again);
    EXPECT(!readable(descriptor, 0));
    for (int round = 0; round < 200; round++) {
        int frames = 1 + round % 3;
        for (int i = 0; i < frames; i++) {
            publish();
        }

        for (int i = 0; i < frames; i++) {
            bips_read_lease frame;
            EXPECT(readable(descriptor, 5000));
            EXPECT_STATUS(BIPS_OK, bips_consumer_pull(consumer, 0, &frame));
            EXPECT_STATUS(BIPS_OK, bips_consumer_push(consumer, &frame));
        }

        bips_read_lease none;
        EXPECT_STATUS(BIPS_TIMED_OUT, bips_consumer_pull(consumer, 0, &none));
        EXPECT(!readable(descriptor, 0));
    }

    EXPECT_STATUS(BIPS_OK, bips_producer_close(producer));
    EXPECT(readable(descriptor, 5000));
    bips_read_lease frame;
    EXPECT_STATUS(BIPS_END_OF_STREAM, bips_consumer_pull(consumer, 0, &frame));
    EXPECT(readable(descriptor, 0));
    EXPECT_STATUS(BIPS_OK, bips_consumer_close(consumer));
    EXPECT(fcntl(descriptor, F_GETFD) < 0);
}

static int threads_named_wait(void) {
    char path[300], name[32];
    int found = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "r");
        if (file != NULL) {
            found += fgets(name, sizeof name, file) != NULL && strcmp(name, "bips-wait\n") == 0;
            fclose(file);
        }
    }

    closedir(tasks);
    return found;
}

static void wait_until_no_thread_waits(void) {
    while (threads_named_wait() != 0) {
        sched_yield(); /* the test's time-out is the deadline */
    }
}

static void Watching_costs_one_thread_that_ends_with_the_last_descriptor(void) {
    open_both(0, 1);
    wait_until_no_thread_waits();
    bips_consumer *others[3];
    int descriptors[3], own;
    EXPECT_STATUS(BIPS_OK, bips_consumer_fd(consumer, &own));
    for (int i = 0; i < 3; i++) {
        EXPECT_STATUS(BIPS_OK, bips_consumer_open(pool_name, NULL, &others[i]));
        EXPECT_STATUS(BIPS_OK, bips_consumer_fd(others[i], &descriptors[i]));
    }

    publish();
    EXPECT(readable(own, 5000));
    EXPECT(threads_named_wait() == 1);
    for (int i = 0; i < 3; i++) {
        EXPECT(readable(descriptors[i], 5000));
        EXPECT_STATUS(BIPS_OK, bips_consumer_close(others[i]));
    }

    close_both();
    wait_until_no_thread_waits();
}

/* The child may only look: what it finds is its exit status. */
static int look_in_child(int inherited, int event) {
    int descriptor = -1;
    bips_read_lease frame;
    bips_write_lease lease;
    bips_producer *own;
    bips_producer_options options = bips_producer_options_default(64);
    if (bips_producer_pull(producer, 0, &lease) != BIPS_E_FORKED || strstr(bips_last_error(), "spawn") == NULL) {
        return 1;
    }

    if (bips_producer_create("c-abi-test-child", &options, &own) != BIPS_E_FORKED ||
        bips_consumer_close(consumer) != BIPS_E_FORKED) {
        return 2;
    }

    if (bips_abi_version() != BIPS_ABI_VERSION || strcmp(bips_status_string(BIPS_E_FORKED), "BIPS_E_FORKED") != 0) {
        return 3;
    }

    /* The inherited descriptor is open, and the parent's all the same. */
    if (fcntl(event, F_GETFD) < 0 || bips_consumer_fd(consumer, &descriptor) != BIPS_E_FORKED || descriptor != -1 ||
        bips_consumer_pull(consumer, BIPS_FOREVER, &frame) != BIPS_E_FORKED) {
        return 5;
    }

    return fcntl(inherited, F_GETFD) >= 0 ? 4 : 0;
}

static int descriptor_of_lanes(void) {
    char wanted[160], link[64], target[160];
    snprintf(wanted, sizeof wanted, "bips.%s.lanes", pool_name);
    for (int descriptor = 3; descriptor < 256; descriptor++) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(link, target, sizeof target - 1);
        if (length > 0) {
            target[length] = '\0';
            if (strstr(target, wanted) != NULL) {
                return descriptor;
            }
        }
    }

    return -1;
}

static void Forked_child_is_refused_and_keeps_nothing_alive(void) {
    open_both(0, 1);
    int lanes = descriptor_of_lanes(), event;
    EXPECT(lanes >= 0);
    EXPECT_STATUS(BIPS_OK, bips_consumer_fd(consumer, &event));
    publish();
    EXPECT(readable(event, 5000));
    fflush(stdout);
    int stop[2];
    EXPECT(pipe(stop) == 0);
    pid_t child = fork();
    if (child == 0) {
        close(stop[1]);
        int found = look_in_child(lanes, event);
        char byte;
        (void)!read(stop[0], &byte, 1); /* lives until the parent has looked */
        exit(found);
    }

    close(stop[0]);
    bips_read_lease frame;
    EXPECT_STATUS(BIPS_OK, bips_consumer_pull(consumer, 0, &frame));
    EXPECT_STATUS(BIPS_OK, bips_consumer_push(consumer, &frame));
    EXPECT(!readable(event, 0));
    publish();
    EXPECT(readable(event, 5000)); /* the thread that sets it goes on in the parent */
    EXPECT_STATUS(BIPS_OK, bips_consumer_close(consumer));
    uint32_t count;
    EXPECT_STATUS(BIPS_OK, bips_producer_consumers(producer, NULL, 0, &count));
    EXPECT(count == 0);
    EXPECT_STATUS(BIPS_OK, bips_producer_close(producer));
    open_both(0, 1); /* the child does not hold the producer's lock */
    close(stop[1]);
    int status = 0;
    EXPECT(waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        failed = true;
        printf("%s:%d: the child ended with status %d\n", __FILE__, __LINE__, status);
    }

    close_both();
}

#define TEST(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
    TEST(Frame_arrives_with_all_that_belongs_to_it),
    TEST(Pool_says_what_it_is),
    TEST(Statistics_count_what_happened),
    TEST(Ended_stream_drains_and_then_says_so),
    TEST(Lease_outlives_its_consumer_and_still_ends_once),
    TEST(Buffer_given_back_unpublished_is_seen_by_nobody),
    TEST(Null_is_an_argument_error),
    TEST(Wrong_size_field_is_refused),
    TEST(Option_out_of_range_is_named),
    TEST(Dead_handle_is_recognised_whatever_came_after_it),
    TEST(Lease_ends_once_and_only_where_it_came_from),
    TEST(Too_long_a_frame_leaves_the_lease_open),
    TEST(Huge_time_out_waits_and_close_ends_it),
    TEST(Missing_pool_and_second_producer_are_told_apart),
    TEST(Descriptor_is_readable_while_a_frame_is_waiting),
    TEST(Watching_costs_one_thread_that_ends_with_the_last_descriptor),
    TEST(Forked_child_is_refused_and_keeps_nothing_alive),
};

int main(void) {
    snprintf(pool_name, sizeof pool_name, "c-abi-test-%d", (int)getpid());
    int passed = 0;
    const int count = (int)(sizeof tests / sizeof tests[0]);
    for (int i = 0; i < count; i++) {
        failed = false;
        tests[i].run();
        printf("%s %s\n", failed ? "FAIL" : "pass", tests[i].name);
        passed += !failed;
    }

    printf("%d passed, %d failed\n", passed, count - passed);
    return passed == count ? 0 : 1;
}
