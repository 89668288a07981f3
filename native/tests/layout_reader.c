/*
 * Reads a live pool by the written protocol alone: no header of Bips, no library. Prints what it finds, one fact per
 * line, and fails when something contradicts docs/protocol.md. Runs on x86-64 and arm64.
 *
 *     layout_reader DIRECTORY NAME
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char *pool;
static const unsigned char *lanes;
static uint64_t pool_length;
static uint64_t lanes_length;

static void require(int holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "contradiction: %s\n", what);
        exit(1);
    }
}

/* Words are little-endian and naturally aligned; an acquire load, as the protocol asks of every reader. */
static uint32_t word32(const unsigned char *base, uint64_t offset) {
    return atomic_load_explicit((const _Atomic uint32_t *)(const void *)(base + offset), memory_order_acquire);
}

static uint64_t word64(const unsigned char *base, uint64_t offset) {
    return atomic_load_explicit((const _Atomic uint64_t *)(const void *)(base + offset), memory_order_acquire);
}

static const unsigned char *map(const char *directory, const char *name, const char *suffix, uint64_t *length) {
    char path[512];
    snprintf(path, sizeof path, "%s/bips.%s%s", directory, name, suffix);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) {
        perror(path);
        exit(1);
    }

    *length = (uint64_t)status.st_size;
    void *address = mmap(NULL, *length, PROT_READ, MAP_SHARED, file, 0);
    require(address != MAP_FAILED, "the object can be mapped");
    close(file);
    return address;
}

static uint32_t crc32(const unsigned char *bytes, uint64_t length) {
    uint32_t crc = ~UINT32_C(0);
    for (uint64_t j = 0; j < length; j++) {
        crc ^= bytes[j];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? (crc >> 1) ^ UINT32_C(0xEDB88320) : crc >> 1;
        }
    }

    return ~crc;
}

static uint64_t round_up(uint64_t value, uint64_t unit) {
    return (value + unit - 1) / unit * unit;
}

struct geometry {
    uint32_t buffers, history, lanes, write_leases, metadata, ring, page, format_length;
    uint64_t buffer_size, buffer_stride, directives, ring_offset, headers_offset, metadata_offset, buffers_offset,
        lane_stride;
};

static struct geometry read_header(void) {
    require(memcmp(pool, "BIPSPOOL", 8) == 0, "the magic at 0x00");
    require(word32(pool, 0x08) == 3, "layout version 3 at 0x08");
    require(word32(pool, 0x0C) == 0x01020304, "the byte order mark at 0x0C");
    require(word32(pool, 0x98) == 64, "the word width at 0x98");
    struct geometry g = {
        .buffers = word32(pool, 0x20),
        .history = word32(pool, 0x24),
        .lanes = word32(pool, 0x28),
        .write_leases = word32(pool, 0x2C),
        .metadata = word32(pool, 0x30),
        .ring = word32(pool, 0x34),
        .page = word32(pool, 0x38),
        .format_length = word32(pool, 0x3C),
        .buffer_size = word64(pool, 0x40),
        .buffer_stride = word64(pool, 0x48),
        .directives = word64(pool, 0x50),
        .ring_offset = word64(pool, 0x58),
        .headers_offset = word64(pool, 0x60),
        .metadata_offset = word64(pool, 0x68),
        .buffers_offset = word64(pool, 0x70),
        .lane_stride = word64(pool, 0x80),
    };
    require((g.ring & (g.ring - 1)) == 0 && g.ring >= g.buffers && g.ring < 2 * g.buffers, "a ring of a power of two");
    require(g.buffer_stride == round_up(g.buffer_size, g.page), "buffers on pages of their own");
    require(g.directives == 2 * (uint64_t)g.page, "directives behind two pages");
    require(g.ring_offset == g.directives + g.lanes * UINT64_C(64), "the ring behind the directives");
    require(g.headers_offset == g.ring_offset + g.ring * UINT64_C(16), "frame headers behind the ring");
    require(g.metadata_offset == round_up(g.headers_offset + g.buffers * UINT64_C(8), 64),
        "metadata behind the frame headers");
    require(g.buffers_offset == round_up(g.metadata_offset + g.buffers * round_up(g.metadata, 64), g.page),
            "buffers behind the metadata");
    require(word64(pool, 0x78) == pool_length && pool_length == g.buffers_offset + g.buffers * g.buffer_stride,
            "the length of the pool object");
    require(g.lane_stride == round_up(0x60 + g.buffers, g.page), "lanes on pages of their own");
    require(word64(pool, 0x88) == lanes_length && lanes_length == g.page + g.lanes * g.lane_stride,
            "the length of the lanes object");
    printf("format %.*s\n", (int)g.format_length, (const char *)pool + 0x100);
    printf("buffers %u of %" PRIu64 ", history %u, lanes %u, write leases %u, metadata %u\n", g.buffers, g.buffer_size,
           g.history, g.lanes, g.write_leases, g.metadata);
    return g;
}

/* The newest frames, as the history promises them: commit word, header, payload, commit word again. */
static void read_frames(const struct geometry *g) {
    uint64_t published = word64(pool, g->page);
    printf("state %u, epoch %u, published %" PRIu64 "\n", word32(pool, g->page + 0x84), word32(pool,
        g->page + 0x88), published);
    for (uint64_t sequence = published - (published < g->history ? published
        : g->history) + 1; sequence <= published; sequence++) {
        uint64_t entry = g->ring_offset + (sequence & (g->ring - 1)) * 16;
        uint64_t commit = word64(pool, entry);
        uint64_t index = commit & 0xFFF;
        require(commit >> 12 == sequence && index < g->buffers, "the commit word of a frame in the history");
        uint64_t header = word64(pool, g->headers_offset + index * 8);
        uint64_t length = header & UINT32_MAX;
        uint32_t flags = (uint32_t)(header >> 32);
        require(length <= g->buffer_size, "a length within the buffer");
        uint32_t crc = crc32(pool + g->buffers_offset + index * g->buffer_stride, length);
        uint64_t told[2];
        memcpy(told, pool + g->metadata_offset + index * round_up(g->metadata, 64), sizeof told);
        atomic_thread_fence(memory_order_acquire);
        require(word64(pool, entry) == commit, "a frame in the history stays");
        require(g->metadata != 16 || (told[0] == sequence && told[1] == crc),
            "the payload that the metadata describes");
        printf("frame %" PRIu64 " in buffer %" PRIu64 ", %" PRIu64 " bytes, flags %u, crc %08x\n", sequence, index,
            length, flags, crc);
    }
}

static void read_lanes(const struct geometry *g) {
    for (uint32_t k = 0; k < g->lanes; k++) {
        uint64_t lane = g->page + k * g->lane_stride;
        uint32_t state = word32(lanes, lane);
        if (state == 0) {
            continue;
        }

        unsigned held = 0;
        for (uint32_t i = 0; i < g->buffers; i++) {
            require(lanes[lane + 0x60 + i] <= 1, "held bytes are 0 or 1");
            held += lanes[lane + 0x60 + i];
        }

        printf("lane %u: state %u, policy %u, quota %u, cursor %" PRIu64 ", taken %" PRIu64 ", lost %" PRIu64
               ", held %u, floor %" PRIu64 "\n",
               k, state, word32(lanes, lane + 0x04), word32(lanes, lane + 0x0C), word64(lanes, lane + 0x40),
               word64(lanes, lane + 0x48), word64(lanes, lane + 0x50), held, word64(pool,
                   g->directives + k * UINT64_C(64)));
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: %s DIRECTORY NAME\n", argv[0]);
        return 2;
    }

    pool = map(argv[1], argv[2], "", &pool_length);
    lanes = map(argv[1], argv[2], ".lanes", &lanes_length);
    struct geometry g = read_header();
    read_frames(&g);
    read_lanes(&g);
    return 0;
}
